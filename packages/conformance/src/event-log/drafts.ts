import type { FrameDraft } from '@tksm/abstractions';

/** Texts that break careless encoders; none has a lone surrogate. */
export const HARD_TEXTS: readonly [string, ...string[]] = [
  'plain',
  'é ß ø',
  '漢字かな',
  '😀👩‍👩‍👧‍👦🏳️‍🌈',
  '\u0000\u0001\u001f\u007f\u0080\u009f',
  '\u2028\u2029\ufeff\ufffd\uffff',
  '"\\/\b\f\n\r\t</script>',
  'e\u0301 is not é',
  '\u{10ffff}',
];

/** A draft of so many events. */
export function draftOf(count: number, text = 'plain', epoch = 1): FrameDraft {
  const events = Array.from({ length: count }, (_, index) => ({ index, text }));
  return { time: 1_700_000_000_000 + count, epoch, count, payload: JSON.stringify(events) };
}

/** A draft of one event whose payload has so many bytes of UTF-8. */
export function draftOfBytes(bytes: number): FrameDraft {
  return { time: 1, epoch: 1, count: 1, payload: `["${'x'.repeat(bytes - 4)}"]` };
}
