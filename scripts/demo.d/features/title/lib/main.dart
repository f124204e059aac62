import 'package:flutter/widgets.dart';

import 'title.dart';

void main() => runApp(
  const Directionality(textDirection: TextDirection.ltr, child: Center(child: Text(boardTitle))),
);
