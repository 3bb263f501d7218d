import { KernelError } from '@tksm/abstractions';
import type { ErrorCode, StoredObject } from '@tksm/abstractions';

/** A text that is being read. Its errors say where. */
export class Source {
  /** File name, or what stands for it in messages. */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** An error at a line, counted from 1, with `data.file` and `data.line`. */
  problem(
    line: number,
    message: string,
    code: ErrorCode = 'InvalidInput',
    data: StoredObject = {},
  ): KernelError {
    return new KernelError(code, `${this.name}:${line}: ${message}`, {
      data: { file: this.name, line, ...data },
    });
  }
}
