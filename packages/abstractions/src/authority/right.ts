import { KernelError } from '../errors/kernel-error.ts';
import { coversSegments, patternFault, resourceFault, segmentsOf } from './resource.ts';

declare const checked: unique symbol;

/**
 * An action on resources, as `action:resource`. Come from {@link parseRight} and {@link askRight} alone, so every one is
 * sound, and is compared without another look at its text.
 *
 * - An action is lower-case words joined by dots, `kv.put`. `kv.*` stands for every action that begins with `kv.`, not for
 *   `kv`; `*` for all.
 * - A resource is segments joined by `/`: `notes/today`, `/corp/a`, `/`. A `/` at its beginning is part of it: `/a` is not
 *   `a`. In a granted one, `*` stands for one segment, and `**` as the last for what is named before it and everything
 *   below: `/corp/**` for `/corp` and `/corp/a/b`, never for `/corp-old`; `**` alone for all.
 */
export interface Right {
  readonly action: string;
  readonly resource: string;
  /** What its actions begin with: `kv.` of `kv.*`, nothing of `*`. Undefined: it has the one action. */
  readonly stem: string | undefined;
  /** Of its resource; of one that begins with `/`, the first is empty. */
  readonly segments: readonly string[];
  /** For the compiler: it was checked. */
  readonly [checked]: 'granted' | 'asked';
}

/** A right that somebody asks for: one action on one resource. */
export interface AskedRight extends Right {
  /** For the compiler: it was checked, and has no wildcards. */
  readonly [checked]: 'asked';
}

/** Longest action. */
const MAX_ACTION = 128;
/** How much of a text that is refused is told. */
const MAX_SHOWN = 140;
const ACTION = /^(?:[a-z][a-z0-9-]*\.)*(?:[a-z][a-z0-9-]*|\*)$/;

/**
 * Reads a right that is granted. Its text is split at the first `:`, so a resource may have others. An action has at most
 * 128 characters (UTF-16 units), a resource 1,024 and 64 times a `/`. A resource has no empty segments, none that is `.`
 * or `..`, no backslash, no `*` but as above, no character that is invisible, a control or not assigned, and none in
 * percent-encoding that would be a separator or a dot; it is in the normal form NFC.
 *
 * @throws KernelError `InvalidInput` with `data.right` and in `data.field` which part is wrong: `right`, `action`, `resource`
 */
export function parseRight(text: string): Right {
  if (typeof text !== 'string') throw invalid('right', 'is not a text', '');
  const colon = text.indexOf(':');
  if (colon === -1) throw invalid('right', 'has no : between action and resource', text);
  const action = text.slice(0, colon);
  const resource = text.slice(colon + 1);
  const fault = patternFault(resource);
  if (!isAction(action)) throw invalid('action', 'is not lower-case words joined by dots', text);
  if (fault !== undefined) throw invalid('resource', fault, text);
  return rightOf(action, resource);
}

/** The text of a right: what {@link parseRight} made it from. */
export function formatRight({ action, resource }: Pick<Right, 'action' | 'resource'>): string {
  return `${action}:${resource}`;
}

/**
 * The right that an effect needs. Nothing is decoded or resolved here: who asks does that first, and then does to the
 * very resource that was asked for. A `*` is refused, so that nobody asks for what a pattern would say.
 *
 * @throws KernelError `InvalidInput`, as {@link parseRight}
 */
export function askRight(action: string, resource: string): AskedRight {
  if (typeof action !== 'string' || typeof resource !== 'string')
    throw invalid('right', 'is not two texts', '');
  if (!isAction(action) || action.endsWith('*')) {
    throw invalid('action', 'is not lower-case words joined by dots', formatRight({ action, resource }));
  }
  const fault = resourceFault(resource);
  if (fault !== undefined) throw invalid('resource', fault, formatRight({ action, resource }));
  return rightOf(action, resource) as AskedRight;
}

/** Whether a granted right allows what is asked for. Allocates nothing. */
export function allowsRight(granted: Right, asked: AskedRight): boolean {
  return coversRight(granted, asked);
}

/** Whether everything that one right allows is allowed by the other. Allocates nothing. */
export function coversRight(granted: Right, narrower: Right): boolean {
  const { stem } = granted;
  const isCovered =
    stem === undefined ? granted.action === narrower.action : narrower.action.startsWith(stem);
  return isCovered && coversSegments(granted.segments, narrower.segments);
}

function isAction(text: string): boolean {
  return text.length <= MAX_ACTION && ACTION.test(text);
}

function rightOf(action: string, resource: string): Right {
  const stem = action.endsWith('*') ? action.slice(0, -1) : undefined;
  return { action, resource, stem, segments: segmentsOf(resource) } as unknown as Right;
}

function invalid(field: 'right' | 'action' | 'resource', fault: string, text: string): KernelError {
  const right = text.slice(0, MAX_SHOWN).toWellFormed();
  const subject = field === 'right' ? 'it' : `its ${field}`;
  const message = `${JSON.stringify(right)} is not a right: ${subject} ${fault}`;
  const next = 'write it as action:resource, for example fs.read:/corp/**';
  return new KernelError('InvalidInput', message, { data: { field, right }, next });
}
