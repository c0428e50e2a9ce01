export { api, ApiError, type Options } from "./api";
export { Socket, type Message, type SocketOptions, type SocketState } from "./socket";
