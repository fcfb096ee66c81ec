/** The suite of a trusted workspace, in its order: first what must not load, then what people see and touch. */
import './activation.ts';
import './editing.ts';
import './drift.ts';
import './dryRun.ts';
import './views.ts';
import './commands.ts';
import './settings.ts';
import './restart.ts';
