/// The command line as its users run it: the real jar as a process, against the local run.
package nightshift.local.cli;
