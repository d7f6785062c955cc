var count = 0; function inc() { return ++count }
