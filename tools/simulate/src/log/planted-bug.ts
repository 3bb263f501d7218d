/** Mistakes that a log could make, built into the simulated one on demand: they show whether a run would see them. */
export const PLANTED_BUGS = [
  'ack-before-flush',
  'cut-acknowledged-tail',
  'skip-chain-check',
  'forget-folder-flush',
] as const;

export type PlantedBug = (typeof PLANTED_BUGS)[number];
