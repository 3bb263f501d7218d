import type { Repo } from './repo.ts';

/** What a guard found: an empty string when all is well, else what to show its reader. */
export type Findings = string;

export interface Guard {
  readonly name: string;
  /** Declarations in dist must exist before the guard can see types across packages. */
  readonly needsBuild: boolean;
  check(repo: Repo): Promise<Findings>;
  /** Repairs what can be repaired without judgement. */
  fix?(repo: Repo): Promise<Findings>;
}
