// The package as its users get it. One process, so that it is packed once: npm run test:package
import './tarball.mjs';
import './consumers.mjs';
import './stranger.mjs';
import './blocked.mjs';
import './cmake.mjs';
import './managers.mjs';
import './own.mjs';
