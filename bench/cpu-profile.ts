import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

/** A V8 profile; https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly name: string;
  /** Of the time in which the process was not idle. */
  readonly share: number;
}

/** The functions in which most time was spent, callees not counted; the first is the largest. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): readonly SelfTime[] {
  const names = new Map(nodes.map((node) => [node.id, nameOf(node)]));
  const micros = new Map<string, number>();
  let busy = 0;
  samples.forEach((id, at) => {
    const name = names.get(id) ?? '(unknown)';
    if (name === '(idle)') return;
    const delta = timeDeltas[at] ?? 0;
    busy += delta;
    micros.set(name, (micros.get(name) ?? 0) + delta);
  });
  return [...micros].map(([name, time]) => ({ name, share: time / busy })).sort((a, b) => b.share - a.share);
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  if (url === '') return functionName;
  return `${functionName || '(anonymous)'} ${placeOf(url)}:${lineNumber + 1}`;
}

/** The package a function is from, or its file here. */
function placeOf(url: string): string {
  if (url.startsWith('node:')) return url;
  const [, ofPackage] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  return ofPackage === undefined
    ? (/\/((?:src|bin)\/.*)$/.exec(url)?.[1] ?? basename(url))
    : `${ofPackage}/${basename(url)}`;
}

const SHOWN = 15;

/** The largest self times of a profile's file, one a line. */
export async function renderProfile(file: string): Promise<string> {
  const profile = JSON.parse(await readFile(file, 'utf8')) as CpuProfile;
  const lines = selfTimes(profile).slice(0, SHOWN);
  return lines.map(({ name, share }) => `${(share * 100).toFixed(1).padStart(5)} %  ${name}`).join('\n');
}
