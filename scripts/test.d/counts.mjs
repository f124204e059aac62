// Prints "N passed, N failed" from a vitest JSON report; a test file that failed beside its tests, since it
// could not be read, a hook failed or it was given up, counts as a failure.
import { existsSync, readFileSync } from 'node:fs';

if (!existsSync(process.argv[2])) {
  console.error('the tests were broken off before their end: nothing was counted');
  process.exit(1);
}
const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const failedFiles = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
);
const skipped = report.numPendingTests + report.numTodoTests;
for (const { assertionResults } of report.testResults) {
  for (const { status, fullName } of assertionResults) if (status === 'pending') console.log(`skipped: ${fullName}`);
}
console.log(
  `${report.numPassedTests} passed, ${report.numFailedTests + failedFiles.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
);
