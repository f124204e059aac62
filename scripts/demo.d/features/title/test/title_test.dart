import 'package:board/title.dart';
import 'package:flutter_test/flutter_test.dart';

void main() {
  test('the board has its full name', () => expect(boardTitle, 'Grist board'));
}
