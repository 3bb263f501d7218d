/** The socket in the data folder. */
export const SOCKET_FILE = 'tksm.sock';
/** The secret of its server, for as long as it runs. */
export const SECRET_FILE = 'tksm.secret';
/** Private folder in which both are made before they take their names. */
export const MAKING_FOLDER = 'tksm.sock.new';

/** Everything in a data folder that is the socket's. None of it holds state: it can be deleted when nobody runs the folder. */
export const SOCKET_FILES: readonly string[] = Object.freeze([SOCKET_FILE, SECRET_FILE, MAKING_FOLDER]);
