import type { Guard } from './guard.ts';
import { api } from './guards/api.ts';
import { layers } from './guards/layers.ts';
import { packages } from './guards/packages.ts';
import { text } from './guards/text.ts';
import { format, lint, test, types, unused } from './guards/tool-guards.ts';

export const guards: readonly Guard[] = [format, lint, types, layers, api, unused, packages, text, test];
