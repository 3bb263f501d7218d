import type { Place } from './tksm.ts';

/** A graph of commands, one after the other; each is a script with the place's folder as its working folder. */
export function chainGraph(place: Place, scripts: Readonly<Record<string, string>>, attempts = 1): string {
  const names = Object.keys(scripts);
  const jobs = names.map((name, at) => [
    name,
    {
      kind: 'shell',
      retry: { maxAttempts: attempts, initialDelayMs: 1 },
      input: { argv: ['sh', '-c', `cd "$0" && ${scripts[name] ?? 'true'}`, '${inputs.in}'] },
      ...(at > 0 && { dependsOn: [names[at - 1]] }),
    },
  ]);
  const inputs = { in: { type: 'string', default: place.folder }, extra: { type: 'string', default: '' } };
  // JSON is YAML.
  return place.file('graph.yaml', JSON.stringify({ name: 'chain', inputs, jobs: Object.fromEntries(jobs) }));
}

/** A script that stops at a gate the first time, and goes on the second. */
export function waitingOnce(gateFile: string, afterwards: string): string {
  return `{ if test -e second; then ${afterwards}; else touch second; echo here > ${gateFile}; exec sleep 60; fi; }`;
}
