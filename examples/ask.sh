#!/bin/sh
# Ask `tongwen serve` with curl: sh ask.sh [ADDRESS]
set -eu
address=${1:-http://127.0.0.1:7860}

post() { # PATH JSON
    curl --silent --show-error --fail-with-body --no-buffer -H 'Content-Type: application/json' -d "$2" "$address$1"
    echo
}

post /api/v1/ask '{"question": "亚马逊 2026 年的资本支出是多少？"}'
post /api/v1/ask '{"question": "What share of the budget goes to AWS?", "stream": true}'
post /api/v1/search '{"question": "corporate jobs", "k": 3}'
curl --silent --show-error --fail-with-body "$address/api/v1/documents"
echo
