import assert from "node:assert/strict";
import * as fc from "fast-check";
import { test } from "vitest";
import { chatOrder, type ChatId } from "../index.js";

test("the order has every chat after its prerequisites, in layers, each in the order given", () => {
  const chats = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 30 }).map((lists) =>
    // Each waits for earlier ones only, so that there is no circle; then they are put in another order.
    lists
      .map((list, chatId) => ({ chatId, prerequisites: chatId === 0 ? [] : list.map((number) => number % chatId) }))
      .toSorted((x, y) => ((x.chatId * 7919) % 31) - ((y.chatId * 7919) % 31)),
  );
  fc.assert(
    fc.property(chats, (list) => {
      const order = chatOrder(list);
      assert.equal(new Set(order).size, list.length);
      const depth = new Map<ChatId, number>();
      const place = new Map(list.map(({ chatId }, index) => [chatId, index]));
      const byId = new Map(list.map((chat) => [chat.chatId, chat]));
      const key = order.map((id) => {
        const before = byId.get(Number(id))?.prerequisites ?? [];
        assert.ok(before.every((one) => depth.has(one)));
        const own = Math.max(0, ...before.map((one) => (depth.get(one) ?? 0) + 1));
        depth.set(id, own);
        return own;
      });
      assert.deepEqual(
        key,
        key.toSorted((x, y) => x - y),
      );
      const roots = order.filter((id) => depth.get(id) === 0).map((id) => place.get(Number(id)) ?? 0);
      assert.deepEqual(
        roots,
        roots.toSorted((x, y) => x - y),
      );
    }),
    { seed: 13, numRuns: 300 },
  );
});
