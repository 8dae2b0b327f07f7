import assert from "node:assert/strict";
import { test } from "vitest";
import { program, start } from "../../../../test/programs.js";

const HEAD = `
import { consoleStream } from "./platform/node/io/console-stream.ts";
const stream = consoleStream();
const ask = async (prompt, options) => {
  try {
    stream.print("=" + JSON.stringify(await stream.input(prompt, options)));
  } catch (error) {
    stream.print(["!" + error.code, ...(error.details === null ? [] : [error.details])]);
  }
};
`;

test("a pipe gives one line to each question, and none is lost between them", async () => {
  await using asking = await program(`${HEAD} for (const prompt of ["1? ", "2? ", "3? ", "4? "]) await ask(prompt);`);
  const running = start(asking);
  running.child.stdin.end("one\ntwo\r\n\nünd last");
  assert.equal(await running.ended, 0);
  assert.equal(running.stdout, '1? ="one"\n2? ="two"\n3? =""\n4? ="ünd last"\n');
});

test("IO-07 closed standard input is an error and no hang, also the second time", async () => {
  await using asking = await program(`${HEAD} await ask("Who? "); await ask("Who? ");`);
  const running = start(asking);
  running.child.stdin.end();
  assert.equal(await running.ended, 0);
  assert.equal(running.stdout, "Who? !input-closed\nWho? !input-closed\n");
});

test("an open pipe does not keep a process alive that asks no more", async () => {
  await using asking = await program(`${HEAD} await ask("Who? ");`);
  const running = start(asking);
  running.type("me\nnobody asks for this\n");
  assert.equal(await running.ended, 0);
  assert.equal(running.stdout, 'Who? ="me"\n');
});

test("bytes of one character may come apart, and invalid UTF-8 becomes replacement characters", async () => {
  await using asking = await program(`${HEAD} await ask("1"); await ask("2");`);
  const running = start(asking);
  await running.until("1");
  running.type(Buffer.from([0xc3]));
  running.type(Buffer.from([0xbc, 0x0a]));
  await running.until("2");
  running.type(Buffer.from([0xff, 0x41, 0x0a]));
  await running.ended;
  assert.equal(running.stdout, '1="ü"\n2="\uFFFDA"\n');
});

test("a question that is aborted or runs out of time takes no line from the next one", async () => {
  await using asking = await program(`${HEAD}
    const stop = new AbortController();
    const first = ask("1 ", { signal: stop.signal });
    await new Promise(setImmediate);
    stop.abort();
    await first;
    await ask("2 ", { signal: stop.signal });
    await ask("3 ", { timeoutMs: 1 });
    await ask("4 ", { timeoutMs: 60_000 });
  `);
  const running = start(asking);
  await running.until("4 ");
  running.type("yes\n");
  assert.equal(await running.ended, 0);
  assert.equal(running.stdout, '1 !aborted\n!aborted\n3 !input-closed {"timeoutMs":1}\n4 ="yes"\n');
});

test("questions that are asked at once take turns, and one that is aborted while it waits is never shown", async () => {
  await using asking = await program(`${HEAD}
    const stop = new AbortController();
    const all = [ask("1 "), ask("2 ", { signal: stop.signal }), ask("3 ")];
    stop.abort();
    await Promise.all(all);
  `);
  const running = start(asking);
  running.type("one\nthree\n");
  assert.equal(await running.ended, 0);
  assert.equal(running.stdout, '1 !aborted\n="one"\n3 ="three"\n');
});

test("IO-06 a password without a prompt is asked for by `Password: `", async () => {
  await using asking = await program(`${HEAD} await ask("", { password: true }); await ask("PIN: ", { password: true });`);
  const running = start(asking);
  running.child.stdin.end("s3cret\n1234\n");
  await running.ended;
  assert.equal(running.stdout, 'Password: ="s3cret"\nPIN: ="1234"\n');
});

test("IO-01 the console is the first default stream", async () => {
  await using printing = await program(`
    import { IOStream } from "./platform/node/host.ts";
    IOStream.getDefault().print("shown");
    IOStream.getDefault().warn("told");
    console.log(IOStream.getDefault() === IOStream.getGlobalDefault());
  `);
  const running = start(printing);
  assert.equal(await running.ended, 0);
  assert.equal(running.stdout, "shown\ntrue\n");
  assert.equal(running.stderr, "warning: told\n");
});
