import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { zshScript } from '../completion/zsh.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

export const completion: Handler = async ({ args, output, commands }) => {
  const shell = args[0] as keyof typeof SCRIPTS;
  const script = SCRIPTS[shell](commands);
  if (output.settings.json) output.document({ shell, script });
  else output.data(script);
  return EXIT.ok;
};
