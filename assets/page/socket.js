// The connection to the program: hello first, then a message for each frame.

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5000;
const SCHEMA = 1;

/**
 * Connect, and connect again whenever the connection is lost.
 *
 * @param {URL} address - Of the socket, http or https, with its token.
 * @param {{hello: function(object), frame: function(object), lost: function(string)}} on - Is told
 *   what arrives, and of a connection that is lost or refused: why it is refused, "" if it is not.
 */
export function connect(address, on) {
  const socketAddress = new URL(address);
  socketAddress.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  let retryMs = FIRST_RETRY_MS;

  const open = () => {
    const socket = new WebSocket(socketAddress);
    let opened = false;
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      opened = true;
      if (message.schema !== SCHEMA) return;
      retryMs = FIRST_RETRY_MS;
      if (message.type === "hello") on.hello(message);
      if (message.type === "frame") on.frame(message);
    };
    socket.onclose = async () => {
      on.lost(opened ? "" : await refusal(address));
      setTimeout(open, retryMs);
      retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    };
  };
  open();
}

/** Ask in plain HTTP why the socket is refused, which browsers do not tell a page. */
async function refusal(address) {
  try {
    const response = await fetch(address);
    return response.status === 426 ? "" : await response.text(); // 426: a WebSocket may try again
  } catch {
    return "";
  }
}
