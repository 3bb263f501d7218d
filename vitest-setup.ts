import fc from 'fast-check';

// The same properties are tried on every run, so that a red test is a changed program and never bad luck. TKSM_SEED=<number>
// tries others.
fc.configureGlobal({ seed: Number(process.env['TKSM_SEED'] ?? 20_261_121) });
