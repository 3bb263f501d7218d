import { expect, it } from 'vitest';
import { Pulse, PULSE_BYTES } from './pulse.ts';
import { PulseWatch } from './pulse-watch.ts';

const LOOKS = Array.from({ length: 20 });

it('sees a loop that is silent for six looks, and no sooner', () => {
  const watch = new PulseWatch(new Pulse(new SharedArrayBuffer(PULSE_BYTES)));
  expect(LOOKS.map(() => watch.look()).indexOf(true)).toBe(5);
});

it('is content with one beat in five looks', () => {
  const pulse = new Pulse(new SharedArrayBuffer(PULSE_BYTES));
  const watch = new PulseWatch(pulse);
  const seen = LOOKS.map((_, look) => {
    if (look % 5 === 0) pulse.beat();
    return watch.look();
  });
  expect(seen).not.toContain(true);
});

it('does not hold a thread to account that waits for an answer', () => {
  const pulse = new Pulse(new SharedArrayBuffer(PULSE_BYTES));
  const watch = new PulseWatch(pulse);
  const seen = pulse.waitFor(() => LOOKS.map(() => watch.look()));
  expect(seen).not.toContain(true);
});
