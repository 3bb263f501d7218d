import { describe, expect, it } from 'vitest';
import { createMetrics } from './metric-registry.ts';
import { renderPrometheus } from './prometheus-text.ts';

describe('renderPrometheus', () => {
  it('writes families with help, type, units and escaped labels', () => {
    const metrics = createMetrics();
    metrics.counter('tksm_events_total', { help: 'Events\nmade \\ durable' }).add(3);
    metrics
      .counter('tksm_written', { help: 'Written', unit: 'bytes' })
      .add(1, { 'file.name': 'a"b\\c\nd', '0': 'x' });
    metrics.gauge('tksm_up', { help: 'Up' }, () => Infinity);
    const histogram = metrics.histogram('tksm_wait', { help: 'Wait', unit: 'seconds', buckets: [0.5, 1] });
    for (const value of [0.25, 0.5, 0.75, 4]) histogram.observe(value, { kind: 'shell' });
    expect(renderPrometheus(metrics)).toBe(
      [
        '# HELP tksm_events_total Events\\nmade \\\\ durable',
        '# TYPE tksm_events_total counter',
        'tksm_events_total 3',
        '# HELP tksm_up Up',
        '# TYPE tksm_up gauge',
        'tksm_up +Inf',
        '# HELP tksm_wait_seconds Wait',
        '# TYPE tksm_wait_seconds histogram',
        'tksm_wait_seconds_bucket{kind="shell",le="0.5"} 2',
        'tksm_wait_seconds_bucket{kind="shell",le="1"} 3',
        'tksm_wait_seconds_bucket{kind="shell",le="+Inf"} 4',
        'tksm_wait_seconds_sum{kind="shell"} 5.5',
        'tksm_wait_seconds_count{kind="shell"} 4',
        '# HELP tksm_written_bytes_total Written',
        '# TYPE tksm_written_bytes_total counter',
        'tksm_written_bytes_total{_0="x",file_name="a\\"b\\\\c\\nd"} 1',
        '',
      ].join('\n'),
    );
  });

  it('writes nothing for no metrics', () => {
    expect(renderPrometheus(createMetrics())).toBe('');
  });
});
