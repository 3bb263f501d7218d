/** Mistakes that a log could make. */
export const PLANTED_BUGS = [
  'ack-before-flush',
  'cut-acknowledged-tail',
  'skip-chain-check',
  'forget-folder-flush',
] as const;

export type PlantedBug = (typeof PLANTED_BUGS)[number];
