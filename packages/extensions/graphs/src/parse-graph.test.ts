import { describe, expect, it } from 'vitest';
import { isKernelError } from '@tksm/abstractions';
import type { KernelError } from '@tksm/abstractions';
import { parseGraph } from './parse-graph.ts';

function refusal(text: string): KernelError {
  try {
    parseGraph(text, 'g.yaml');
  } catch (error) {
    if (isKernelError(error)) return error;
    throw error;
  }
  throw new Error('the graph was accepted');
}

const graph = (jobs: string, inputs = '{}'): string => `name: g\ninputs: ${inputs}\njobs:\n${jobs}`;

describe('parseGraph', () => {
  it('reads jobs with the dependencies that they name and those that they refer to', () => {
    const { jobs, inputs } = parseGraph(
      graph(
        "  a: { kind: x }\n  b: { kind: y, input: '${jobs.a.output.n}' }\n  c: { kind: z, dependsOn: [b] }",
      ),
      'g.yaml',
    );
    expect([...jobs.values()].map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ['a', []],
      ['b', ['a']],
      ['c', ['b']],
    ]);
    expect(inputs.size).toBe(0);
  });

  it('reads options of jobs', () => {
    const { jobs } = parseGraph(
      graph('  a: { kind: x, priority: 9, retry: { maxAttempts: 2 }, onDependencyFailure: run }'),
      'g.yaml',
    );
    expect(jobs.get('a')?.options).toEqual({
      priority: 9,
      retry: { maxAttempts: 2 },
      onDependencyFailure: 'run',
    });
  });

  it.each([
    ['a broken text', 'name: [', 'InvalidInput', 1],
    ['an empty file', '', 'InvalidInput', 1],
    ['two documents', 'name: a\n---\nname: b', 'InvalidInput', 2],
    ['an unknown field', `${graph('  a: { kind: x }')}\nkinds: 1`, 'InvalidInput', 5],
    ['an unknown field of a job', graph('  a:\n    kind: x\n    prioritty: 1'), 'InvalidInput', 6],
    ['a job without a kind', graph('  a: { input: 1 }'), 'InvalidInput', 4],
    ['no jobs', 'name: g\njobs: {}', 'InvalidInput', 2],
    ['no name', 'jobs: { a: { kind: x } }', 'InvalidInput', 1],
    ['a name used twice', graph('  a: { kind: x }\n  a: { kind: y }'), 'DuplicateId', 5],
    ['an unknown dependency', graph('  a: { kind: x, dependsOn: [b] }'), 'DependencyUnknown', 4],
    [
      'an unknown input',
      graph("  a: { kind: x, input: '${inputs.rot}' }", '{ root: {} }'),
      'InvalidInput',
      4,
    ],
    ['an expression without end', graph("  a: { kind: x, input: '${inputs.a' }"), 'InvalidInput', 4],
    ['an expression of no form', graph("  a: { kind: x, input: '${env.HOME}' }"), 'InvalidInput', 4],
    ['an item without forEach', graph("  a: { kind: x, input: '${item}' }"), 'InvalidInput', 4],
    ['an item in forEach itself', graph("  a: { kind: x, forEach: ['${item}'] }"), 'InvalidInput', 4],
    ['a dedupKey', graph('  a: { kind: x, dedupKey: k }'), 'InvalidInput', 4],
    [
      'an output inside a text',
      graph("  a: { kind: x }\n  b: { kind: x, input: 'a${jobs.a.id}' }"),
      'InvalidInput',
      5,
    ],
    ['a key __proto__', graph('  a: { kind: x, input: { __proto__: 1 } }'), 'InvalidInput', 4],
    ['a reserved key', graph('  a: { kind: x, input: { $output: { job: b } } }'), 'InvalidInput', 4],
    ['a key that is no text', graph('  a: { kind: x, input: { 1: 2 } }'), 'InvalidInput', 4],
    ['a number that JSON lacks', graph('  a: { kind: x, input: .nan }'), 'InvalidInput', 4],
    [
      'a number that would lose digits',
      graph('  a: { kind: x, input: 12345678901234567890 }'),
      'InvalidInput',
      4,
    ],
    ['an unknown tag', graph('  a: { kind: x, input: !js "1" }'), 'InvalidInput', 4],
    ['an alias inside itself', graph('  a: { kind: x, input: &a [*a] }'), 'InvalidInput', 4],
    ['an alias without anchor', graph('  a: { kind: x, input: *b }'), 'InvalidInput', 4],
    [
      'a default of another type',
      graph('  a: { kind: x }', '{ n: { type: number, default: one } }'),
      'InvalidInput',
      2,
    ],
    ['an unknown type', graph('  a: { kind: x }', '{ n: { type: date } }'), 'InvalidInput', 2],
  ])('refuses %s, with file and line', (_what, text, code, line) => {
    const error = refusal(text);
    expect({ code: error.code, ...error.data }).toMatchObject({ code, file: 'g.yaml', line });
    expect(error.message).toMatch(/^g\.yaml:\d+: /);
  });

  it('names a cycle', () => {
    const error = refusal(
      graph(
        "  a: { kind: x, dependsOn: [c] }\n  b: { kind: x, dependsOn: [a] }\n  c: { kind: x, input: '${jobs.b.output}' }",
      ),
    );
    expect(error).toMatchObject({ code: 'DependencyCycle', data: { cycle: ['a', 'c', 'b', 'a'] } });
    expect(error.message).toContain('a → c → b → a');
  });

  it('names a job that waits for itself', () => {
    expect(refusal(graph("  a: { kind: x, input: '${jobs.a.id}' }")).data['cycle']).toEqual(['a', 'a']);
  });

  it('guesses what was meant', () => {
    expect(refusal(graph('  hash: { kind: x }\n  b: { kind: x, dependsOn: [hsah] }')).message).toContain(
      'did you mean hash?',
    );
    expect(refusal(graph('  a: { kind: x, dependOn: [] }')).message).toContain('did you mean dependsOn?');
  });

  it('refuses a small file that unfolds into a large one', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `  l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    );
    const bomb = `name: g\njobs:\n  a: { kind: x }\ninputs:\n  l0: &l0 [x]\n${levels.join('\n')}`;
    expect(refusal(bomb).code).toBe('PayloadTooLarge');
  });

  it('reads a chain as long as a graph may be', () => {
    const chain = Array.from(
      { length: 9_000 },
      (_, n) => `  j${n}: {kind: x${n === 0 ? '' : `, dependsOn: [j${n - 1}]`}}`,
    );
    expect(parseGraph(graph(chain.join('\n')), 'g.yaml').jobs.size).toBe(9_000);
  });
});
