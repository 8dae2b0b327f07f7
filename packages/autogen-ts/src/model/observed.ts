/** A request to a model, as observers are told of it. */
import { tell, type ModelCall, type ModelCallEnd } from "../run/index.js";

/** What was answered. */
interface Answered {
  readonly response: Extract<ModelCallEnd["outcome"], { readonly response: unknown }>["response"];
}

/** Asks, and tells the observers before and after. @param client made at the latest when it is asked */
export async function askObserved<A extends Answered>(
  call: ModelCall,
  client: () => object | null,
  ask: () => Promise<A>,
): Promise<A> {
  const ends: ((outcome: ModelCallEnd["outcome"]) => void)[] = [];
  tell((observer) => {
    const onEnd = observer.modelAsked?.(call);
    if (onEnd === undefined) return;
    ends.push((outcome) => {
      try {
        onEnd({ client: client(), outcome });
      } catch (error) {
        observer.failed?.(error);
      }
    });
  });
  try {
    const answer = await ask();
    for (const end of ends) end({ response: answer.response });
    return answer;
  } catch (error) {
    for (const end of ends) end({ error });
    throw error;
  }
}
