import { describe, expect, it } from 'vitest';
import { readMoment } from './moment.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

describe('readMoment', () => {
  it.each([
    ['0', { position: 0 }],
    ['1234', { position: 1_234 }],
    ['2026-11-21T06:00Z', { time: Date.UTC(2026, 10, 21, 6) }],
    ['2026-11-21t06:00:01.5z', { time: Date.UTC(2026, 10, 21, 6, 0, 1, 500) }],
    ['2026-11-21T06:00:00,25+01:00', { time: Date.UTC(2026, 10, 21, 5, 0, 0, 250) }],
    ['2026-11-21T06:00-0530', { time: Date.UTC(2026, 10, 21, 11, 30) }],
    ['2026-11-21', { time: Date.UTC(2026, 10, 21) }],
    ['2024-02-29', { time: Date.UTC(2024, 1, 29) }],
    ['-5m', { time: NOW - 300_000 }],
    ['5m ago', { time: NOW - 300_000 }],
    ['1h30m ago', { time: NOW - 5_400_000 }],
  ])('takes %s', (text, moment) => {
    expect(readMoment(text, NOW)).toEqual(moment);
  });

  it.each([
    '',
    '-',
    ' ago',
    'yesterday',
    '5m',
    '1.5',
    '--5m',
    '2026-11-21T06:00',
    '2026-11-21 06:00',
    '2026-02-31',
    '2025-02-29T00:00Z',
    '2026-13-01',
    '2026-11-21T25:00Z',
    '9999999999999999',
  ])('refuses %j', (text) => {
    expect(() => readMoment(text, NOW)).toThrowError(expect.objectContaining({ code: 'UsageError' }));
  });
});
