// Prints "N passed, N failed" from a vitest JSON report; a test file that could not even be read counts as a failure.
import { existsSync, readFileSync } from 'node:fs';

if (!existsSync(process.argv[2])) {
  console.error('the tests were broken off before their end: nothing was counted');
  process.exit(1);
}
const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const unreadable = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
const skipped = report.numPendingTests + report.numTodoTests;
for (const { assertionResults } of report.testResults) {
  for (const { status, fullName } of assertionResults) if (status === 'pending') console.log(`skipped: ${fullName}`);
}
console.log(
  `${report.numPassedTests} passed, ${report.numFailedTests + unreadable.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
);
