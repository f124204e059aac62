// The two forms `flutter test` reports in: a line of JSON per event, and lines for people.

export const jsonReporter = (print) => (event) => print(`${JSON.stringify(event)}\n`);

export function textReporter(print) {
  const names = new Map();
  const errors = new Map();
  const count = { passed: 0, skipped: 0, failed: 0 };
  const line = (time, text) => {
    const clock = new Date(time).toISOString().slice(14, 19);
    const skipped = count.skipped === 0 ? '' : ` ~${count.skipped}`;
    const failed = count.failed === 0 ? '' : ` -${count.failed}`;
    print(`${clock} +${count.passed}${skipped}${failed}: ${text}\n`);
  };
  const indented = (text) =>
    text
      .trimEnd()
      .split('\n')
      .map((part) => `  ${part}\n`)
      .join('');

  return (event) => {
    switch (event.type) {
      case 'testStart':
        names.set(event.test.id, event.test.name);
        line(event.time, event.test.name);
        break;
      case 'print':
        print(`${event.messageType === 'skip' ? '  ' : ''}${event.message}\n`);
        break;
      case 'error':
        errors.set(
          event.testID,
          `${indented(event.error)}${event.stackTrace === '' ? '' : indented(event.stackTrace)}`,
        );
        break;
      case 'testDone':
        if (event.hidden) break;
        if (event.skipped) count.skipped++;
        else if (event.result === 'success') count.passed++;
        else {
          count.failed++;
          line(event.time, `${names.get(event.testID)} [E]`);
          print(`${errors.get(event.testID)}\n`);
        }
        break;
      case 'done':
        if (!event.success) line(event.time, 'Some tests failed.');
        else line(event.time, count.passed === 0 ? 'All tests skipped.' : 'All tests passed!');
    }
  };
}
