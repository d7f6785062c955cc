// What rowan bench --self measures. BROADCAST is true or false.
export default {
	websocket: BROADCAST
		? {
				open: (ws) => void ws.subscribe("all"),
				message: (ws, message) => void ws.publish("all", message),
			}
		: { message: (ws, message) => void ws.send(message) },
	channels: {
		"bench:*": {
			join: () => ({}),
			on: {
				echo: (_socket, payload) => payload,
				all: (socket, payload) => {
					socket.broadcast("all", payload);
					return {};
				},
			},
		},
	},
};
