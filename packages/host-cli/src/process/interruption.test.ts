import { describe, expect, it } from 'vitest';
import { Interruption } from './interruption.ts';

function interruption(): { it: Interruption; exits: number[] } {
  const exits: number[] = [];
  return { it: new Interruption((code) => exits.push(code)), exits };
}

describe('Interruption', () => {
  it('ends the process at once while nothing can drain', () => {
    const { it: interrupted, exits } = interruption();
    interrupted.receive('SIGTERM');
    expect(exits).toEqual([143]);
  });

  it('asks to drain first, and ends the process when it comes again', () => {
    const { it: interrupted, exits } = interruption();
    const told: string[] = [];
    interrupted.drainWith(() => told.push('drain'));
    interrupted.receive('SIGINT');
    expect([exits, told, interrupted.signal.aborted, interrupted.exitCode]).toEqual([
      [],
      ['drain'],
      true,
      130,
    ]);
    interrupted.receive('SIGINT');
    expect(exits).toEqual([130]);
  });
});
