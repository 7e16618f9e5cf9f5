/** jest tells its workers to use colors where it does; programs that a test runs print as into a pipe. */
delete process.env["FORCE_COLOR"];
