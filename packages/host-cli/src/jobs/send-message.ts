import { fromStored, isMeant, toStored } from '@tksm/abstractions';
import type { OperationReceipt, Value } from '@tksm/abstractions';
import { systemRandom } from '@tksm/drivers-system';
import type { Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { parseJson, readGiven } from '../vars/read-value.ts';
import { dataFolder } from '../zone/configuration.ts';
import type { ActedOn } from '../zone/job-named.ts';
import { jobToActOn } from '../zone/job-named.ts';
import { look } from '../zone/look.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';
import { withZone } from '../zone/with-zone.ts';

/** What a sent message is, besides its body. */
interface Envelope {
  readonly topic?: string;
  readonly from?: string;
}

/** Sends what a command names into the inbox of the job that it names, and says what becomes of it. */
export async function sendMessage(call: Invocation, envelope: Envelope): Promise<number> {
  const { args, output, flags } = call;
  const [name = '', given = ''] = args;
  const body = fromStored(toStored(parseJson(await readGiven(given), 'the message'), 'kept'));
  const job = await jobToActOn(call, await look(await dataFolder(call)), name);
  const sent = { job: job.id, body, ...envelope };
  const id = flags.text('id') ?? systemRandom.id();
  const receipt = await withZone(
    call,
    ({ zone }) => zone.perform({ kind: 'inbox.send', input: sent, id }),
    DECIDE_ONLY,
  );
  if (receipt === undefined) return EXIT.failed;
  const { from, position } = answerOf(receipt);
  if (output.settings.json) output.document({ job: job.id, from, position });
  else output.notice(`sent to ${job.id} (message ${position}); ${prospectOf(job, { ...envelope, from })}`);
  return EXIT.ok;
}

function answerOf({ output }: OperationReceipt): { readonly from: string; readonly position: number } {
  return output as Readonly<Record<string, Value>> as { readonly from: string; readonly position: number };
}

/** What the job did when it was last looked at: only a hint. */
function prospectOf(job: ActedOn, message: Envelope & { readonly from: string }): string {
  const wanted = 'wait' in job ? job.wait?.message : undefined;
  if (wanted !== undefined && isMeant(message, wanted)) return 'the job waits for it';
  return 'the job finds it there when it looks for it';
}
