import { describe, expect, it } from 'vitest';
import { KernelError } from '@tksm/abstractions';
import { createPinoLogger } from './pino-logger.ts';
import type { PinoLogger, PinoLoggerOptions } from './pino-logger.ts';
import { createRedactor } from './secret-redactor.ts';

interface Written {
  readonly logger: PinoLogger;
  readonly lines: string[];
  readonly objects: () => unknown[];
}

function written(options: Partial<PinoLoggerOptions> = {}): Written {
  const lines: string[] = [];
  const logger = createPinoLogger({
    clock: { now: () => 1_700_000_000_000 },
    destination: { write: (line) => lines.push(line) },
    ...options,
  });
  return { logger, lines, objects: () => lines.map((line): unknown => JSON.parse(line)) };
}

describe('createPinoLogger', () => {
  it('writes a line of JSON with time, level, message and fields', () => {
    const { logger, lines } = written();
    logger.log('info', 'hello', { count: 1, big: 10n, bytes: new Uint8Array(3) });
    expect(lines).toEqual([
      '{"level":"info","time":1700000000000,"count":1,"big":"10","bytes":"[3 bytes]","msg":"hello"}\n',
    ]);
  });

  it('leaves out what is less serious than its level', () => {
    const { logger, objects } = written({ level: 'warn' });
    for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) logger.log(level, level);
    expect(objects()).toMatchObject([{ msg: 'warn' }, { msg: 'error' }]);
  });

  it('adds correlation ids, those of a child to those of its parent', () => {
    const { logger, objects } = written();
    const attempt = logger.child({ zone: 'z', job: 'j' }).child({ attempt: 2, kind: 'shell', span: 's' });
    attempt.log('info', 'hello', { job: 'forged', level: 'forged', time: 1, msg: 'forged' });
    expect(objects()).toEqual([
      {
        ...{ level: 'info', time: 1_700_000_000_000, msg: 'hello' },
        ...{ zone: 'z', job: 'j', attempt: 2, kind: 'shell', span: 's' },
        ...{ 'field.level': 'forged', 'field.time': 1, 'field.msg': 'forged' },
      },
    ]);
  });

  it('redacts by name at any depth, and by path when told', () => {
    const { logger, objects } = written({ redact: ['request.body'] });
    const deep = { a: [{ Authorization: 'x', ok: 1 }], apiKey: { nested: 'x' } };
    logger.log('info', 'hello', { password: 'x', deep, request: { body: 'x', path: '/' } });
    expect(objects()).toMatchObject([
      {
        password: '[redacted]',
        deep: { a: [{ Authorization: '[redacted]', ok: 1 }], apiKey: '[redacted]' },
        request: { body: '[redacted]', path: '/' },
      },
    ]);
  });

  it('masks the values of known secrets in messages, fields, keys and errors', () => {
    const redactor = createRedactor();
    redactor.add('hunter2');
    const { logger, lines } = written({ redactor });
    const error = new KernelError('Internal', 'with hunter2', {
      data: { said: 'hunter2' },
      cause: 'hunter2',
    });
    logger.log('info', 'got hunter2', { text: 'a hunter2 b', hunter2: 1, list: ['hunter2'], error });
    expect(lines.join()).not.toContain('hunter2');
    expect(JSON.parse(lines.join())).toMatchObject({
      msg: 'got ***',
      text: 'a *** b',
      '***': 1,
      list: ['***'],
    });
  });

  it('writes an error with code, data, stack and cause', () => {
    const { logger, objects } = written();
    const error = new KernelError('DiskFull', 'no room', {
      data: { path: '/x' },
      cause: new Error('ENOSPC'),
    });
    logger.log('error', 'failed', { error });
    const cause = { name: 'Error', message: 'ENOSPC' };
    const expected = {
      name: 'KernelError',
      code: 'DiskFull',
      message: 'no room',
      data: { path: '/x' },
      cause,
    };
    expect(objects()).toMatchObject([{ error: expected }]);
  });

  it('never throws, whatever it is given', () => {
    const { logger, objects } = written();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const proxy = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    const getter = {
      get bad(): never {
        throw new Error('no');
      },
      toJSON(): never {
        throw new Error('no');
      },
    };
    const odd = {
      call: () => 1,
      mark: Symbol('s'),
      nan: NaN,
      nothing: undefined,
      nil: null,
      date: new Date(0),
    };
    logger.log('info', 'odd', { circle, proxy, getter, ...odd, [`__proto__`]: 1 });
    expect(objects()).toMatchObject([
      {
        proxy: {},
        getter: '[unreadable]',
        call: '[function]',
        nan: 'NaN',
        nil: null,
        date: '1970-01-01T00:00:00.000Z',
      },
    ]);
    expect(logger.lost).toBe(0);
  });

  it('counts a line as lost that cannot be written', () => {
    const destination = {
      write: (): never => {
        throw new Error('closed');
      },
    };
    const { logger } = written({ destination });
    logger.log('info', 'hello');
    logger.flush();
    expect(logger.lost).toBe(1);
  });

  it('bounds what a line carries', () => {
    const { logger, lines } = written();
    const long = 'x'.repeat(1_000_000);
    logger.log('info', 'hello', {
      long,
      list: Array(1_000).fill(1),
      wide: Object.fromEntries(Array(500).entries()),
    });
    expect(lines.join().length).toBeLessThan(12_000);
  });

  it('writes for people when asked, one line each', () => {
    const { logger, lines } = written({ pretty: true });
    logger.child({ job: 'j' }).log('warn', 'two\nlines\u001b[2J', { text: 'a b', n: 1 });
    expect(lines).toEqual(['22:13:20.000 WARN  two\\nlines\\u001b[2J job=j text="a b" n=1\n']);
  });
});
