import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react';
import type { Overview } from '../../../sdk/src/api.generated.ts';
import { currencyExponent } from '../../../src/kernel/currency.ts';
import { amountFromJson, formatMoney } from '../../../src/kernel/money.ts';
import { classNames } from '../../ui/class-names.ts';
import { Condition, Loading } from '../../ui/condition.tsx';
import { useSpeech } from '../../ui/words.tsx';
import { currencyOf, FIGURES, type Figure, linesOf } from './figure.ts';
import { useHomeTexts } from './use-home-texts.ts';

const Plot = lazy(() => import('../../ui/plot.tsx').then((module) => ({ default: module.Plot })));

interface FiguresProps {
  readonly overview: Overview;
  readonly currency: string | undefined;
  /** To the list behind a figure; null: there is none here. */
  readonly linkOf: (figure: Figure) => ReactNode;
}

/** Figures of a period, of which one is drawn; the others are one press away. */
export function Figures({ overview, currency, linkOf }: FiguresProps) {
  const { home: words } = useHomeTexts();
  const [chosen, setChosen] = useState<Figure>('volume');
  const numbers = currencyOf(overview, currency);
  const says = useFigureWords(overview, numbers);
  return (
    <section aria-label={words.figures} className="grid gap-3">
      <p className="sr-only">{words.chooseHint}</p>
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 2xl:grid-cols-6">
        {FIGURES.map((figure) => {
          const { value, note } = says(figure);
          return (
            <button
              key={figure}
              type="button"
              aria-pressed={figure === chosen}
              onClick={() => setChosen(figure)}
              className={classNames(
                'card grid content-start gap-0.5 p-4 text-start hover:bg-sunken',
                figure === chosen && 'border-accent ring-1 ring-accent',
              )}
            >
              <span className="text-sm text-muted">{words[figure]}</span>
              <span className="number text-2xl font-semibold [overflow-wrap:anywhere]">{value}</span>
              {note !== null && <span className="number text-sm text-muted">{note}</span>}
            </button>
          );
        })}
      </div>
      <Drawing figure={chosen} overview={overview} numbers={numbers} link={linkOf(chosen)} />
    </section>
  );
}

type Numbers = Overview['currencies'][number] | undefined;

function useFigureWords(overview: Overview, numbers: Numbers) {
  const { home: words } = useHomeTexts();
  const { locale } = useSpeech();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const money = (minor: number) =>
    numbers === undefined ? '–' : formatMoney({ amount: amountFromJson(minor), currency: numbers.currency }, locale);
  const rate = (value: number | null) => (value === null ? '–' : percent.format(value));
  const { attempts, acknowledged, rate: acknowledgmentRate } = overview.acknowledgments;
  return (figure: Figure): { readonly value: string; readonly note: string | null } => {
    if (figure === 'acknowledged') {
      return { value: rate(acknowledgmentRate), note: attempts === 0 ? null : words.over(acknowledged, attempts) };
    }
    if (numbers === undefined) return { value: '–', note: null };
    switch (figure) {
      case 'volume':
        return { value: money(numbers.captured), note: null };
      case 'payments':
        return { value: String(numbers.approved), note: words.created(numbers.created) };
      case 'success':
        return {
          value: rate(numbers.successRate),
          note: words.over(numbers.approved, numbers.approved + numbers.declined),
        };
      case 'refunds':
        return { value: money(numbers.refunded), note: words.refundCount(numbers.refunds) };
      case 'disputes':
        return { value: String(numbers.disputes), note: numbers.disputed === 0 ? null : money(numbers.disputed) };
    }
  };
}

interface DrawingProps {
  readonly figure: Figure;
  readonly overview: Overview;
  readonly numbers: Numbers;
  readonly link: ReactNode;
}

function Drawing({ figure, overview, numbers, link }: DrawingProps) {
  const { home: words } = useHomeTexts();
  const { locale } = useSpeech();
  const currency = numbers?.currency ?? 'EUR';
  const drawn = useMemo(() => {
    const { unit, xs, lines } = linesOf(figure, overview, numbers);
    // Only to be drawn and read off: what is exact stands in the figures.
    const scale = unit === 'money' ? 10 ** currencyExponent(currency) : 1;
    const series = lines.map(({ name, values }) => ({
      label: words.lines[name],
      values: values.map((value) => (value === null ? null : value / scale)),
    }));
    const style =
      unit === 'rate'
        ? { style: 'percent' as const, maximumFractionDigits: 1 }
        : unit === 'money'
          ? { style: 'currency' as const, currency }
          : { maximumFractionDigits: 0 };
    return { xs, series, unit, format: new Intl.NumberFormat(locale, style) };
  }, [figure, overview, numbers, currency, locale, words]);
  if (drawn.xs.length === 0) {
    return (
      <div className="card">
        <Condition icon="search" title={words.nothing}>
          <p>{words.nothingHint}</p>
        </Condition>
      </div>
    );
  }
  return (
    <Suspense fallback={<Loading rows={5} />}>
      <Plot
        title={words[figure]}
        summary={words.summaries[figure]}
        xLabel={words.when}
        xs={drawn.xs}
        series={drawn.series}
        format={(value) => drawn.format.format(value)}
        isDaily={overview.bucket === 'day'}
        {...(drawn.unit === 'rate' ? { yMax: 1 } : {})}
      >
        {link}
      </Plot>
    </Suspense>
  );
}
