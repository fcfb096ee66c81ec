/** The program of a thread that checks part of a large workspace. */
import { serveParts } from './cli/checkThread.ts';

serveParts();
