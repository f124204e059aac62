import journalFunctions from './host/journal.sh';
import look from './host/look.sh';
import prune from './host/prune.sh';
import settleOpen from './host/settle-open.sh';

/** The scripts that read the journal and stand in no run's folder: what they ask it with goes in front. */
export const [lookScript, pruneScript, settleOpenScript] = [look, prune, settleOpen].map(
  (script) => `${journalFunctions}\n${script}`,
) as [string, string, string];
