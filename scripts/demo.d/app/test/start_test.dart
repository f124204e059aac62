import 'package:flutter_test/flutter_test.dart';

void main() {
  test('there is a test to begin with', () => expect(1 + 1, 2));
}
