import { biscuitHolder, openBiscuitIssuer } from '@tksm/drivers-biscuit';
import { openDiskRootKeys } from '@tksm/drivers-disk';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { warnOfExposedKeys } from '../tokens/exposed-keys.ts';
import { givenGrant, givenOut, givenRights } from '../tokens/given-grant.ts';
import { sayWritten } from '../tokens/say-written.ts';
import { writeToken } from '../tokens/token-file.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

export const tokenMint: Handler = async (call) => {
  const file = givenOut(call);
  const grant = givenGrant(call, givenRights(call));
  const dir = await dataFolder(call);
  const { zone } = (await look(dir)).state;
  const issuer = openBiscuitIssuer({ keys: openDiskRootKeys({ dir }) });
  await warnOfExposedKeys(call, dir);
  const token = await issuer.mint(grant, zone);
  await writeToken(file, token);
  sayWritten(call, file, await biscuitHolder.inspect(token));
  return EXIT.ok;
};
