import type { RecordedEvent } from '@tksm/abstractions';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { sayArchived } from '../events/archived-notice.ts';
import { selectEvents } from '../events/select-events.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { grouped } from '../terminal/times.ts';
import { writeWhole } from '../terminal/whole-file.ts';
import { dataFolder } from '../zone/configuration.ts';

/** Characters that are written at once. */
const CHUNK = 64 * 1024;

export const eventExport: Handler = async (call) => {
  const { flags, output } = call;
  const log = await openSegmentsReader({ dir: await dataFolder(call) });
  const file = flags.text('out');
  await sayArchived(call, log);
  const lines = chunks(selectEvents(log, flags));
  if (file !== undefined) {
    let events = 0;
    const texts = async function* (): AsyncGenerator<string> {
      for await (const chunk of lines) {
        events += chunk.events;
        yield chunk.text;
      }
    };
    await writeWhole(file, texts());
    output.notice(`${grouped(events)} events written to ${file}`);
    if (output.settings.json) output.document({ file, events });
    return EXIT.ok;
  }
  for await (const { text } of lines) {
    await output.stream(text);
    if (output.gone.aborted) break;
  }
  return EXIT.ok;
};

async function* chunks(
  events: AsyncIterable<RecordedEvent>,
): AsyncGenerator<{ text: string; events: number }> {
  let [text, count] = ['', 0];
  for await (const recorded of events) {
    text += `${JSON.stringify(recorded)}\n`;
    count += 1;
    if (text.length < CHUNK) continue;
    yield { text, events: count };
    [text, count] = ['', 0];
  }
  if (count > 0) yield { text, events: count };
}
