"""The tests of Jumelage; each directory mirrors a package, or holds one kind of test."""
