// Time, timers, ids and randomness are injected, so that the same inputs give the same log. These lists name
// every way around that. Globals and properties are listed apart because ESLint checks them by different rules.

const injected = 'is ambient: inject the clock, timers, ids or random source instead.';

const timerNames = ['setTimeout', 'setInterval', 'setImmediate'];

export const ambientGlobals = [...timerNames, 'performance', 'crypto'].map((name) => ({
  name,
  message: `${name} ${injected}`,
}));

const properties: readonly (readonly [string, readonly string[]])[] = [
  ['Date', ['now']],
  ['Math', ['random']],
  ['process', ['hrtime', 'uptime']],
  ['globalThis', [...timerNames, 'performance', 'crypto']],
  ['global', [...timerNames, 'performance', 'crypto']],
];

export const ambientProperties = properties.flatMap(([object, names]) =>
  names.map((property) => ({ object, property, message: `${object}.${property} ${injected}` })),
);

export const ambientSyntax = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: `new Date() ${injected}` },
  { selector: 'CallExpression[callee.name="Date"]', message: `Date() ${injected}` },
  {
    selector:
      'MemberExpression[property.name=/^(randomUUID|randomBytes|randomInt|randomFillSync|getRandomValues)$/]',
    message: `Node's randomness ${injected}`,
  },
];

const modules: readonly (readonly [string, readonly string[] | undefined])[] = [
  [
    'crypto',
    [
      'randomUUID',
      'randomBytes',
      'randomInt',
      'randomFill',
      'randomFillSync',
      'getRandomValues',
      'webcrypto',
    ],
  ],
  ['timers', undefined],
  ['timers/promises', undefined],
  ['perf_hooks', undefined],
];

export const ambientImports = modules.flatMap(([name, importNames]) =>
  [name, `node:${name}`].map((specifier) => ({
    name: specifier,
    ...(importNames === undefined ? {} : { importNames: [...importNames] }),
    message: `${specifier} ${injected}`,
  })),
);
