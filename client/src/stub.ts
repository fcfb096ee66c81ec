/** What VS Code loads on a desktop: the few kilobytes that look for our documents, and load the rest only then. */
import { createRequire } from 'node:module';
import { createStub } from './activation.ts';
import type * as Extension from './extension.ts';

const stub = createStub(() => Promise.resolve(createRequire(__filename)('./client.cjs') as typeof Extension));

export const activate = stub.activate;
export const deactivate = stub.deactivate;
