import { KernelError } from '@tksm/abstractions';
import type { StoredObject } from '@tksm/abstractions';
import { checkTopic } from '../inbox/delivery.ts';
import { textField } from '../operations/operation.ts';
import { AGENT_LIMITS } from './agent-limits.ts';

/** A text of at least one character. @throws KernelError `InvalidInput` */
export function boundedText(input: StoredObject, field: 'name' | 'description' | 'reason'): string {
  const text = textField(input, field);
  const most = AGENT_LIMITS[field];
  if (text.length >= 1 && text.length <= most) return text;
  throw invalid(field, `${field} has 1 to ${most} characters`);
}

/** @throws KernelError `InvalidInput` */
export function descriptionField(input: StoredObject): { readonly description?: string } {
  return input['description'] === undefined ? {} : { description: boundedText(input, 'description') };
}

/** @throws KernelError `InvalidInput` */
export function topicField(input: StoredObject): { readonly topic?: string } {
  const topic = checkTopic(input['topic']);
  return topic === undefined ? {} : { topic };
}

/** Topics, each once and in one order. @throws KernelError `InvalidInput` */
export function topicsField({ topics }: StoredObject): { readonly topics?: readonly string[] } {
  if (topics === undefined) return {};
  if (!Array.isArray(topics) || topics.length === 0 || topics.length > AGENT_LIMITS.topics)
    throw invalid('topics', `topics are 1 to ${AGENT_LIMITS.topics} texts`);
  return { topics: [...new Set(topics.map((topic: unknown) => checkTopic(topic ?? null) ?? ''))].sort() };
}

/** How many observations are wanted at once. @throws KernelError `InvalidInput` */
export function maxField({ max = AGENT_LIMITS.received }: StoredObject): number {
  if (typeof max === 'number' && Number.isInteger(max) && max >= 1 && max <= AGENT_LIMITS.received)
    return max;
  throw invalid('max', `max is a whole number from 1 to ${AGENT_LIMITS.received}`);
}

export function invalid(field: string, message: string): KernelError {
  return new KernelError('InvalidInput', message, { data: { field } });
}
