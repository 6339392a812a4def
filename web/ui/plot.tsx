import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { Button } from './button.tsx';
import { useSpeech } from './words.tsx';

interface Series {
  readonly label: string;
  /** null: nothing was there, which is no zero. */
  readonly values: readonly (number | null)[];
}

interface PlotProps {
  readonly title: string;
  /** One sentence that says what the lines show. */
  readonly summary: string;
  readonly xLabel: string;
  /** Seconds since 1970, ascending. */
  readonly xs: readonly number[];
  /** One or two. */
  readonly series: readonly Series[];
  /** A value in words, with its unit; a number as it is unless told otherwise. */
  readonly format?: (value: number) => string;
  /** Days and no hours. */
  readonly isDaily?: boolean;
  /** Where there is a natural most, such as 1 for a rate. */
  readonly yMax?: number;
  /** Beside the choice between plot and table: the way to what is counted. */
  readonly children?: ReactNode;
}

const HEIGHT_PX = 200;

/** Lines over time, drawn for those who see and as a table for everybody; arrow keys read out point after point. */
export function Plot(props: PlotProps) {
  const { title, summary, children } = props;
  const { words } = useSpeech();
  const [isTable, setTable] = useState(false);
  return (
    <figure className="card p-4">
      <figcaption className="flex flex-wrap items-center gap-2">
        <span className="me-auto">
          <span className="font-semibold">{title}</span>
          <span className="block text-sm text-muted">{summary}</span>
        </span>
        {children}
        <Button look="quiet" onClick={() => setTable(!isTable)}>
          {isTable ? words.showPlot : words.showTable}
        </Button>
      </figcaption>
      <div className="mt-3">{isTable ? <PlotTable {...props} /> : <Drawing {...props} />}</div>
    </figure>
  );
}

function useHour(isDaily = false): (x: number) => string {
  const { locale } = useSpeech();
  // Days are those of UTC, as the API counts them.
  const style = isDaily ? { timeZone: 'UTC' } : { timeStyle: 'short' as const };
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'short', ...style });
  return (x) => format.format(new Date(x * 1_000));
}

function PlotTable({ title, xLabel, xs, series, format = String, isDaily }: PlotProps) {
  const hour = useHour(isDaily);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="max-h-64 overflow-auto" tabIndex={0} aria-label={title}>
      <table className="number w-full text-sm">
        <thead>
          <tr className="border-b border-line text-muted">
            <th scope="col" className="p-1.5 text-start font-medium">
              {xLabel}
            </th>
            {series.map(({ label }) => (
              <th key={label} scope="col" className="p-1.5 text-end font-medium">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {xs.map((x, index) => (
            <tr key={x} className="border-b border-line last:border-0">
              <th scope="row" className="p-1.5 text-start font-normal">
                {hour(x)}
              </th>
              {series.map(({ label, values }) => (
                <td key={label} className="p-1.5 text-end">
                  {said(values[index], format)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Drawing({ title, xs, series, format = String, isDaily, yMax }: PlotProps) {
  const hour = useHour(isDaily);
  const place = useRef<HTMLDivElement>(null);
  const shown = useRef(format);
  shown.current = format;
  const plot = useRef<UPlot>(null);
  const [point, setPoint] = useState<number | null>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const drawn = draw(element, { xs, series, format: shown.current, isDaily, yMax });
    plot.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
    };
  }, [xs, series, isDaily, yMax]);
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = Math.min(Math.max((point ?? (step > 0 ? -1 : xs.length)) + step, 0), xs.length - 1);
    setPoint(next);
    plot.current?.setCursor({ left: plot.current.valToPos(xs[next] ?? 0, 'x'), top: 0 });
  };
  const value =
    point === null
      ? title
      : `${hour(xs[point] ?? 0)}: ${series.map(({ label, values }) => `${label} ${said(values[point], format)}`).join(', ')}`;
  return (
    <div
      ref={place}
      role="slider"
      tabIndex={0}
      aria-label={title}
      aria-valuemin={0}
      aria-valuemax={xs.length - 1}
      aria-valuenow={point ?? 0}
      aria-valuetext={value}
      onKeyDown={move}
      className="min-w-0 rounded"
    />
  );
}

function said(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}

interface Drawn {
  readonly xs: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly isDaily: boolean | undefined;
  readonly yMax: number | undefined;
}

function draw(element: HTMLElement, { xs, series, format, isDaily, yMax }: Drawn): UPlot {
  const axis = { stroke: colorOf(element, '--muted'), grid: { stroke: colorOf(element, '--line'), width: 1 } };
  const colors = ['--plot-first', '--plot-second'];
  return new UPlot(
    {
      width: element.clientWidth,
      height: HEIGHT_PX,
      legend: { show: true, live: true },
      cursor: { y: false },
      axes: [axis, { ...axis, size: 72, values: (_plot, ticks) => ticks.map(format) }],
      tzDate: (seconds) => (isDaily ? UPlot.tzDate(new Date(seconds * 1_000), 'UTC') : new Date(seconds * 1_000)),
      scales: { y: { range: (_plot, _min, max) => [0, yMax ?? Math.max(max, 4)] } },
      series: [
        {},
        ...series.map(({ label }, index) => ({
          label,
          value: (_plot: UPlot, value: number | null) => said(value, format),
          spanGaps: false,
          stroke: colorOf(element, colors[index] ?? '--ink'),
          width: 2,
          // Told apart without color as well.
          ...(index === 0 ? {} : { dash: [6, 4] }),
        })),
      ],
    },
    [[...xs], ...series.map(({ values }) => [...values])],
    element,
  );
}

/** A canvas knows no variables, so the color is read where one was used. */
function colorOf(near: HTMLElement, variable: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${variable})`;
  near.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
