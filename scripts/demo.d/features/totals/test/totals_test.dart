import 'package:board/totals.dart';
import 'package:flutter_test/flutter_test.dart';

void main() {
  test('the key comes from the environment', () => expect(keyVariable, 'GRIST_API_KEY'));
}
