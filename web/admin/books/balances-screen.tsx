import { useQuery } from '@tanstack/react-query';
import type { LedgerBalance } from '../../../sdk/src/api.generated.ts';
import { Condition, NoPermission } from '../../ui/condition.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Amount } from '../../ui/value.tsx';
import { TextLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { netOf } from './summarize-totals.ts';
import { useAccountNames } from './use-account-names.ts';
import { useBookTexts } from './use-book-texts.ts';

const LIVE_MS = 15_000;

/** What the ledger holds now, by currency. */
export function BalancesScreen() {
  const { may } = useHere();
  return may('ledger:read') ? <OpenBalances /> : <NoPermission permission="ledger:read" />;
}

interface Total {
  readonly currency: string;
  readonly debits: number;
  readonly credits: number;
}

function OpenBalances() {
  const { balances: words } = useBookTexts();
  const api = useApi();
  const { key } = useHere();
  const found = useQuery({
    queryKey: [...key, 'balances'],
    queryFn: ({ signal }) => api.ledger.getBalances({}, { signal }),
    refetchInterval: LIVE_MS,
  });
  return (
    <div className="grid gap-4">
      <ScreenHead title={words.title} hint={words.hint} />
      <ReadResult of={found}>
        {({ data, totals }) =>
          totals.length === 0 ? (
            <div className="card">
              <Condition icon="card" title={words.emptyTitle}>
                <p>{words.emptyHint}</p>
              </Condition>
            </div>
          ) : (
            totals.map((total) => (
              <OfCurrency
                key={total.currency}
                total={total}
                balances={data.filter(({ currency }) => currency === total.currency)}
              />
            ))
          )
        }
      </ReadResult>
    </div>
  );
}

function OfCurrency({ total, balances }: { readonly total: Total; readonly balances: readonly LedgerBalance[] }) {
  const { balances: words, shared, periods } = useBookTexts();
  const { currency } = total;
  const sum = (account: LedgerBalance['account']) =>
    balances.filter((one) => one.account === account).reduce((all, { balance }) => all + balance, 0);
  const net = netOf({
    gross: sum('sales'),
    refunds: sum('refunds'),
    fees: sum('fees'),
    disputed: sum('disputed_funds'),
  });
  const figures = [
    [periods.gross, sum('sales')],
    [periods.refunds, sum('refunds')],
    [periods.fees, sum('fees')],
    [periods.disputed, sum('disputed_funds')],
    [words.net, net],
    [shared.accounts.provider_receivable, sum('provider_receivable')],
  ] as const;
  return (
    <section aria-label={currency} className="grid gap-3">
      <h2 className="text-lg font-semibold">{currency}</h2>
      <FactsCard
        title={`${words.title}: ${currency}`}
        isTitleHidden
        shape="figures"
        facts={figures.map(([label, minor]) => [label, <Amount key={label} minor={minor} currency={currency} />])}
      >
        <Balanced isRight={total.debits === total.credits} />
      </FactsCard>
      <Accounts currency={currency} balances={balances} />
    </section>
  );
}

export function Balanced({ isRight }: { readonly isRight: boolean }) {
  const { balances: words } = useBookTexts();
  return (
    <p className={`flex items-center gap-2 font-medium ${isRight ? 'text-good' : 'text-bad'}`}>
      <Icon name={isRight ? 'check' : 'warning'} />
      {isRight ? words.balanced : words.unbalanced}
    </p>
  );
}

function Accounts({ currency, balances }: { readonly currency: string; readonly balances: readonly LedgerBalance[] }) {
  const { balances: words, shared } = useBookTexts();
  const { place } = useHere();
  const { nameOf } = useAccountNames();
  const title = words.tableTitle(currency);
  const columns: readonly Column<LedgerBalance>[] = [
    {
      id: 'account',
      title: shared.account,
      isMain: true,
      show: ({ account, providerAccountId }) => (
        <TextLink to="/$tenantId/$mode/ledger-entries" params={place} search={{ account, currency, providerAccountId }}>
          {shared.accounts[account]}
        </TextLink>
      ),
    },
    { id: 'provider', title: shared.providerAccount, show: ({ providerAccountId }) => nameOf(providerAccountId) },
    ...(['debits', 'credits'] as const).map((side) => ({
      id: side,
      title: shared[side],
      isNumber: true,
      show: (one: LedgerBalance) => <Amount minor={one[side]} currency={currency} />,
    })),
    {
      id: 'balance',
      title: words.balance,
      isNumber: true,
      isMain: true,
      show: ({ balance }) => (
        <strong className="font-semibold">
          <Amount minor={balance} currency={currency} />
        </strong>
      ),
    },
  ];
  return (
    <div className="card overflow-clip">
      <DataTable
        caption={title}
        columns={columns}
        rows={balances}
        keyOf={({ account, providerAccountId }) => `${providerAccountId} ${account}`}
      />
    </div>
  );
}
