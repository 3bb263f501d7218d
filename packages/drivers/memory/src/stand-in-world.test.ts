import { describeWorld } from '@tksm/conformance';
import { standInWorld } from './stand-in-world.ts';

describeWorld({ name: 'a sorted map', create: standInWorld });
