'use strict';
// Ends this process when its supervisor goes away.
//
// The supervisor holds the other end of our standard input and never writes to it. The kernel closes that end however
// the supervisor dies, SIGKILL included, so the end of input is the one signal that cannot be missed.

module.exports = function leash() {
  process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume();
  process.stdin.unref(); // or an open input would keep a server alive that has closed everything else
};
