/**
 * Runs a benchmark by its name. Usage: npm run bench <name> -- <flags>
 */
const NAMES = [
  'create-payment',
  'confirm-payment',
  'apply-signals',
  'ingest-notifications',
  'notifications',
  'checkout-page',
  'explain',
  'take-limits',
  'card-number-false-alarms',
  'rate-limits',
  'domain-questions',
  'row-forms',
  'rewrap-keys',
  'audit',
  'search',
] as const;

const [name] = process.argv.splice(2, 1);

switch (name) {
  case 'create-payment': {
    const { benchCreatePayment } = await import('./create-payment.ts');
    await benchCreatePayment(process.argv.slice(2));
    break;
  }
  case 'confirm-payment': {
    const { benchConfirmPayment } = await import('./confirm-payment.ts');
    await benchConfirmPayment(process.argv.slice(2));
    break;
  }
  case 'apply-signals': {
    const { benchApplySignals } = await import('./apply-signals.ts');
    await benchApplySignals(process.argv.slice(2));
    break;
  }
  case 'ingest-notifications': {
    const { benchIngestNotifications } = await import('./ingest-notifications.ts');
    await benchIngestNotifications(process.argv.slice(2));
    break;
  }
  case 'notifications': {
    const { benchNotifications } = await import('./notifications.ts');
    await benchNotifications(process.argv.slice(2));
    break;
  }
  case 'checkout-page': {
    const { benchCheckoutPage } = await import('./checkout-page.ts');
    await benchCheckoutPage();
    break;
  }
  case 'explain': {
    const { benchExplain } = await import('./explain.ts');
    await benchExplain(process.argv.slice(2));
    break;
  }
  case 'take-limits': {
    const { benchTakeLimits } = await import('./take-limits.ts');
    await benchTakeLimits();
    break;
  }
  case 'card-number-false-alarms':
    await import('./card-number-false-alarms.ts');
    break;
  case 'rate-limits':
    await import('./rate-limits.ts');
    break;
  case 'domain-questions':
    await import('./domain-questions.ts');
    break;
  case 'row-forms': {
    const { benchRowForms } = await import('./row-forms.ts');
    await benchRowForms();
    break;
  }
  case 'rewrap-keys':
    await import('./rewrap-keys.ts');
    break;
  case 'audit': {
    const { benchAudit } = await import('./audit.ts');
    await benchAudit(process.argv.slice(2));
    break;
  }
  case 'search': {
    const { benchSearch } = await import('./search.ts');
    await benchSearch(process.argv.slice(2));
    break;
  }
  default:
    console.error(
      `Name a benchmark: ${NAMES.join(', ')}. Its flags come after --, as in: npm run bench create-payment -- --json`,
    );
    process.exitCode = 2;
}
