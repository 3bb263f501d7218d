import { fieldsOf, invalidSetting } from '../../settings/setting.ts';
import type { Setting } from '../../settings/setting.ts';

/** That something is paused, and why. */
export interface Pause {
  readonly reason: string;
}

const MOST_CHARACTERS = 1_024;

/** What can be paused besides a single job. */
export type Pausable = 'kind' | 'pool';

/** Kinds and pools of which nothing new begins: what runs goes on. */
export const PAUSED: Readonly<Record<Pausable, Setting<Pause>>> = {
  kind: pauseOf('kind'),
  pool: pauseOf('pool'),
};

function pauseOf(what: Pausable): Setting<Pause> {
  return {
    name: `tksm.paused.${what}.`,
    summary: `Nothing of this ${what} begins: { reason }`,
    fallback: { reason: '' },
    parse(value) {
      const { reason = '' } = fieldsOf(value, ['reason']);
      if (typeof reason === 'string' && reason.length <= MOST_CHARACTERS) return { reason };
      throw invalidSetting(`reason is a text of at most ${MOST_CHARACTERS} characters`, 'reason');
    },
  };
}

/** A pause in words. */
export function pauseText(what: Pausable, name: string, { reason }: Pause): string {
  return `${what} ${name} is paused${reason === '' ? '' : `: ${reason}`}`;
}
