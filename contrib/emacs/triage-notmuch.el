;;; triage-notmuch.el --- Patch triage from notmuch  -*- lexical-binding: t; -*-
;; SPDX-FileCopyrightText: 2026 the triage authors
;; SPDX-License-Identifier: GPL-3.0-or-later
;; Package-Requires: ((emacs "27.1") (notmuch "0.34"))

;;; Commentary:
;; (require 'triage-notmuch) in your init file.  C-c t shows the series of the mail at point, C-c k the mail and its thread, C-c T opens the
;; terminal UI in a terminal buffer.  With tags = true in config.toml, findings show as tags.

;;; Code:
(require 'notmuch)

(defcustom triage-program "triage" "The program." :type 'string :group 'notmuch)

(defun triage--id ()
  "Return the Message-ID at point."
  (let ((id (cond ((derived-mode-p 'notmuch-show-mode) (notmuch-show-get-message-id))
                  ((derived-mode-p 'notmuch-tree-mode) (notmuch-tree-get-message-id)))))
    (unless id (user-error "There is no mail at point"))
    (replace-regexp-in-string "\\`\"\\|\"\\'" "" id)))

(defun triage--run (&rest words)
  "Run triage with WORDS and show what it prints; no shell reads them."
  (let ((buffer (get-buffer-create "*triage*")))
    (with-current-buffer buffer
      (let ((inhibit-read-only t))
        (erase-buffer)
        (apply #'call-process triage-program nil t nil words))
      (goto-char (point-min))
      (special-mode))
    (pop-to-buffer buffer)))

(defun triage-show () "Show the series of the mail at point." (interactive)
  (triage--run "show" "--series" (triage--id)))

(defun triage-mail () "Show the mail at point with what it says of AI, its thread, and how to answer it." (interactive)
  (triage--run "show" (triage--id)))

(defun triage-open () "Open the mail at point in the terminal UI." (interactive)
  (require 'term)
  (switch-to-buffer (make-term "triage" triage-program nil "tui" (triage--id)))
  (term-char-mode))

(dolist (map (list notmuch-show-mode-map notmuch-tree-mode-map))
  (define-key map (kbd "C-c t") #'triage-show)
  (define-key map (kbd "C-c k") #'triage-mail)
  (define-key map (kbd "C-c T") #'triage-open))

(provide 'triage-notmuch)
;;; triage-notmuch.el ends here
