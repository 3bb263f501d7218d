/** How the text after a flag is read; `switch` has none. */
type FlagType = 'switch' | 'text' | 'list' | 'whole' | 'duration' | 'choice';

/** A flag of a command. */
export interface FlagSpec {
  /** As it is typed, without the dashes. */
  readonly name: string;
  readonly short?: string;
  readonly type: FlagType;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly summary: string;
  readonly choices?: readonly string[];
}

/** A word of a command that is not a flag. */
export interface ArgumentSpec {
  readonly name: string;
  readonly summary: string;
  readonly optional?: boolean;
  readonly variadic?: boolean;
  readonly choices?: readonly string[];
  /** What a shell completes it with. */
  readonly completes?: 'file' | 'folder';
}
